// Names for form controls that Django's own widgets leave without one: the choice with a search, and date beside time.
"use strict";

const words = (id) => document.querySelector(`label[for="${id}"]`)?.textContent.trim().replace(/:$/, "") ?? "";

function nameControls() {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
        const name = words(select.id);
        const shown = select.parentElement.querySelector(".select2-selection");
        if (!name || !shown) continue;
        shown.removeAttribute("aria-labelledby");
        shown.setAttribute("aria-label", name);
        shown.querySelector(".select2-selection__rendered")?.setAttribute("aria-label", name);
    }
    for (const pair of document.querySelectorAll("p.datetime")) {
        const group = pair.closest("fieldset, .form-row");
        const name = (group?.querySelector("legend, label")?.textContent ?? "").trim().replace(/:$/, "");
        for (const input of pair.querySelectorAll("input")) {
            const part = (input.previousSibling?.textContent ?? "").trim().replace(/:$/, "");
            input.setAttribute("aria-label", `${name} ${part}`.trim());
        }
    }
}

// The choice with a search sends what is typed in a body; the server wants the page's token with it.
window.django?.jQuery?.(document).ajaxSend((event, request, options) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
    if (options.type === "POST" && !options.crossDomain && token) request.setRequestHeader("X-CSRFToken", token);
});

// Django's scripts draw the controls when they please; names only set attributes, so this never answers itself.
document.addEventListener("DOMContentLoaded", () => {
    nameControls();
    new MutationObserver(nameControls).observe(document.body, { childList: true, subtree: true });
});
