"""Three invented papers of an island, which differ on some points."""

from retriever import Document

HERALD = """The new ferry to Orrin

The ferry Sandpiper carries 240 passengers between Port Elm and Orrin. It was built by the Calder yard in 2019.

“She is the best ship that we have had,” said Mira Holt, the harbour master. Holt opened the new quay on 4 May 2022.

The fare for an adult is 12 crowns. The island council paid 3 million crowns for the quay because the old one had sunk.

On 3 June 2022 the school of Orrin closed for the summer. Tom Reed, the captain, lives in Port Elm.
"""
POST = """Orrin gets its ferry

The ferry Sandpiper carries 310 passengers between Port Elm and Orrin. Mira Holt, the harbour master, greeted it.

“We waited ten years,” said Captain Tom Reed. Reed sailed from Port Elm to Orrin on 4 May 2022.

The council of the island paid 3 million crowns for the new quay. The quay is 90 metres long.
"""
LEDGER = """Three years of the Sandpiper

The fare for an adult is 15 crowns since January 2025. In 2025 the ferry carried 41,000 people to Orrin.

Mira Holt retired in March 2025. Ada Brook is the new harbour master, said the council of Orrin.

The school of Orrin opened a second class in 2024. Its pupils go to Port Elm in winter.
"""
PAPERS = (
    Document.from_text(
        "herald.txt", HERALD, title="The new ferry to Orrin", publisher="The Orrin Herald", published="2022-06-05"
    ),
    Document.from_text("post.txt", POST, title="Orrin gets its ferry", publisher="Island Post", published="2022-05-06"),
    Document.from_text(
        "ledger.txt",
        LEDGER,
        title="Three years of the Sandpiper",
        publisher="Port Elm Ledger",
        published="2025-06-01",
    ),
)
