"""The things that a question may refer to, with their probabilities."""

from dataclasses import dataclass

import numpy as np

from ..learning import Floats
from .antecedents import AntecedentScores, Entity
from .signals import QuestionCues


@dataclass(frozen=True, slots=True)
class Resolution:
    """The things that a question may refer to, with their probabilities.

    Attributes:
        cues: the question with its words that refer.
        entities: the things that the turns before it named.
        probabilities: float32 (n_entities,), sum 1.
        dependence: probability, 0..1, that it depends on the turns before it.
    """

    cues: QuestionCues
    entities: tuple[Entity, ...]
    probabilities: Floats
    dependence: float

    @property
    def entity(self) -> Entity | None:
        """The likeliest thing."""
        return self.entities[int(np.argmax(self.probabilities))] if self.entities else None

    @property
    def antecedent_scores(self) -> AntecedentScores:
        """What it referred to, for the questions after it."""
        pairs = zip(self.entities, self.probabilities.tolist(), strict=True)
        return AntecedentScores(
            self.dependence, {entity.terms: self.dependence * probability for entity, probability in pairs}
        )
