/* German words, a name and states for the rich-text editor, which brings its toolbar in English and without them. */
"use strict";
{
  const BUTTONS = {
    heading2: "Zwischentitel",
    heading3: "Kleiner Zwischentitel",
    paragraph: "Absatz",
    bulletList: "Liste mit Punkten",
    orderedList: "Liste mit Zahlen",
    blockquote: "Zitat",
    horizontalRule: "Trennlinie",
    bold: "Fett",
    italic: "Kursiv",
    link: "Link einfügen (erst Wörter markieren)",
    unlink: "Link entfernen",
    "history:undo": "Rückgängig",
    "history:redo": "Wiederherstellen",
  };
  const SWITCHES = new Set(["orderedList", "blockquote", "bold", "italic", "link"]);
  // The button that opens the choice of paragraph is a copy without data-name, known by its English title only.
  const KINDS = { "heading 2": BUTTONS.heading2, "heading 3": BUTTONS.heading3, paragraph: BUTTONS.paragraph };
  const DIALOG = {
    "Edit Link": "Link",
    URL: "Adresse aus dem Browser hineinkopieren oder den Namen einer Seite tippen. Auch mailto:… und tel:…",
    Title: "Hinweis zum Link (freiwillig)",
    Update: "Übernehmen",
    Cancel: "Abbrechen",
  };
  // The editor asks the admin's gettext, which does not know its words.
  const { gettext } = window;
  window.gettext = (words) => DIALOG[words] ?? gettext?.(words) ?? words;

  const set = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };

  const dress = (editor) => {
    const toolbar = editor.querySelector(":scope > .prose-menubar");
    if (!toolbar) return;
    set(toolbar, "role", "toolbar");
    set(toolbar, "aria-label", "Text gestalten");
    for (const button of editor.querySelectorAll(".prose-menubar__button[data-name]")) {
      const words = BUTTONS[button.dataset.name];
      if (words) {
        set(button, "title", words);
        set(button, "aria-label", words);
      }
      set(button, "aria-disabled", String(button.classList.contains("disabled")));
      if (SWITCHES.has(button.dataset.name)) set(button, "aria-pressed", String(button.classList.contains("active")));
    }
    const picker = editor.querySelector(".prose-menubar__picker");
    for (const option of editor.querySelectorAll(".prose-menubar__option")) {
      const text = option.firstElementChild;
      const words = BUTTONS[option.dataset.name];
      if (words && text.textContent !== words) text.textContent = words;
    }
    const opener = editor.querySelector(".prose-menubar__selected > button");
    if (opener) {
      const words = KINDS[opener.title] || (opener.title ? null : "Verschiedenes");
      if (words) {
        opener.classList.remove("material-icons", "prose-menubar__button--heading");
        opener.textContent = words;
        opener.title = "Art des Absatzes";
        opener.setAttribute("aria-label", `Art des Absatzes: ${words}`);
        opener.setAttribute("aria-haspopup", "true");
      }
      set(opener, "aria-expanded", String(picker.matches(":popover-open")));
    }
    const dialog = editor.querySelector(".prose-editor-dialog");
    if (dialog) {
      set(dialog, "aria-label", dialog.querySelector("h3").textContent);
      // The pages of the city, by name.
      const address = dialog.querySelector('input[name="href"]');
      if (address && document.getElementById("link-targets")) set(address, "list", "link-targets");
    }
  };

  document.addEventListener("prose-editor:ready", (event) => {
    const { editor, textarea } = event.detail;
    const area = editor.view.dom;
    const frame = area.closest(".prose-editor");
    const label = document.querySelector(`label[for="${textarea.id}"]`);
    area.setAttribute("aria-multiline", "true");
    if (label) {
      label.id ||= `${textarea.id}_label`;
      area.setAttribute("aria-labelledby", label.id);
      label.addEventListener("click", () => editor.commands.focus());
      // Links to the text lead into the editor; without it they lead to its label.
      for (const link of document.querySelectorAll(`a[href="#${textarea.id}_label"]`)) {
        link.addEventListener("click", (event) => {
          event.preventDefault();
          label.scrollIntoView();
          editor.commands.focus();
        });
      }
    }
    for (const name of ["aria-describedby", "aria-invalid", "lang", "dir"]) {
      if (textarea.hasAttribute(name)) area.setAttribute(name, textarea.getAttribute(name));
    }
    // The toolbar comes a moment after the editor. Its "toggle" does not bubble, so it is caught on the way down.
    frame.addEventListener("toggle", () => dress(frame), true);
    new MutationObserver(() => dress(frame)).observe(frame, {
      attributeFilter: ["class", "title"],
      childList: true,
      subtree: true,
    });
    dress(frame);
  });
}
