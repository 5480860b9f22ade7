/* <button data-copy="id" hidden> copies the words of a field, and [data-copied] then says so. */
"use strict";
{
  const status = document.querySelector("[data-copied]");
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        status.textContent = status.dataset.copied;
      } catch {
        // The words are selected now: the keyboard or the menu of the browser copies them.
      }
    });
  }
}
