// A draft whose quotations are compared with the documents: it is sent, and its report comes back as mark-up.
import { read } from "./address.js";
import { find } from "./dom.js";
import { _ } from "./words.js";

const LIMITS = { publishers: "sources" }; // what the filter is called in an address, and in a request

const told = (sentence, kind = "note") => {
  const line = Object.assign(document.createElement("p"), { className: kind, textContent: sentence });
  line.setAttribute("role", kind === "error" ? "alert" : "status");
  find("#check-report")?.replaceChildren(line);
};

const check = async (file) => {
  told(_("Checking {name} …", { name: file.name }));
  try {
    const asked = new URLSearchParams({ name: file.name, form: "panel" });
    const filter = read();
    for (const name of ["publishers", "since", "until", "documents", "collections", "as_of", "languages"])
      for (const value of filter[name] ?? []) asked.append(LIMITS[name] ?? name, value);
    const response = await fetch(`api/check?${asked}`, { method: "POST", body: file });
    if (!response.ok) return told((await response.json()).error, "error");
    const written = await response.text();
    if (find("#check-report")) find("#check-report").innerHTML = written;
  } catch {
    told(_("The draft could not be sent: it is a folder, or Ibid has stopped."), "error");
  }
};

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-draft]") || !event.target.files.length) return;
  check(event.target.files[0]);
  event.target.value = "";
});
