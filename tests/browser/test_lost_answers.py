"""Events whose answer Gradio's client would miss: its stream closes in the moment in which they are sent."""

from playwright.sync_api import expect

from tests.browser.conftest import Reader, ask

QUESTION = "How many Cubans were apprehended at the border in March?"

# Each stream ends for the page half a second after it has ended for the server.
LATE = """
const plain = window.fetch;
window.fetch = async (...asked) => {
  const answer = await plain(...asked);
  if (!String(asked[0]?.url ?? asked[0]).includes("/queue/data")) return answer;
  const read = answer.body.getReader();
  const text = new TextDecoder();
  window.late = 0;
  const body = new ReadableStream({
    async pull(into) {
      const { done, value } = await read.read();
      if (done) return into.close();
      const parts = text.decode(value, { stream: true }).split(/(?=data: \\{"msg":"close_stream")/);
      for (const part of parts) {
        if (part.includes("close_stream")) {
          window.late += 1;
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
        into.enqueue(new TextEncoder().encode(part));
      }
    },
  });
  return new Response(body, { headers: answer.headers, status: answer.status });
};
"""


def test_a_panel_opens_though_the_stream_of_answers_closed_as_it_was_asked_for(reader: Reader) -> None:
    page = reader()
    page.evaluate(LATE)
    ask(page, QUESTION)
    page.wait_for_function("window.late > 0")
    page.get_by_role("button", name="Documents", exact=True).click()
    expect(page.locator("[data-panel=documents]")).to_be_visible()
