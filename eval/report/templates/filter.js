"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const PAGE = 25;
  const more = document.getElementById("more");
  const found = document.getElementById("found");
  const cards = Array.from(document.querySelectorAll("#cards > .example"), (element) => ({
    element,
    suite: element.dataset.suite,
    marks: Array.from(element.querySelectorAll(".marks > li"), (mark) => mark.dataset),
    words: ["h3", ".text", ".example-facts"]
      .map((part) => element.querySelector(part)?.textContent ?? "")
      .join("\n")
      .toLowerCase(),
  }));
  let shown = PAGE;

  const fits = (mark, outcome, label) =>
    (!label || mark.label === label) &&
    (!outcome || mark.outcome === outcome || (outcome === "error" && mark.outcome !== "hit"));

  const matches = (card, { suite, outcome, label, words }) =>
    (!suite || card.suite === suite) &&
    (!words || card.words.includes(words.trim().toLowerCase())) &&
    (outcome === "none"
      ? card.marks.length === 0 && !label
      : (!outcome && !label) || card.marks.some((mark) => fits(mark, outcome, label)));

  const show = () => {
    const wanted = Object.fromEntries(new FormData(form));
    let count = 0;
    for (const card of cards) {
      const matching = matches(card, wanted);
      card.element.hidden = !matching || count >= shown;
      count += matching;
    }
    const visible = Math.min(count, shown);
    found.textContent = count
      ? `Showing ${visible} of ${count}` + (count < cards.length ? ` that fit, of ${cards.length} in all` : "")
      : `None of ${cards.length} examples fits`;
    more.hidden = count <= shown;
    more.textContent = `Show ${Math.min(PAGE, count - visible)} more`;
  };

  const restart = () => {
    shown = PAGE;
    show();
  };

  const remember = () => {
    const wanted = new URLSearchParams([...new FormData(form)].filter(([, value]) => value)).toString();
    history.replaceState(null, "", `#${wanted || "examples"}`);
  };

  const recall = () => {
    if (location.hash.includes("=")) {
      for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
        const field = form.elements.namedItem(name);
        if (field) field.value = value;
      }
      document.getElementById("examples").scrollIntoView();
    }
    restart();
  };

  form.addEventListener("input", () => {
    remember();
    restart();
  });
  form.addEventListener("reset", () =>
    setTimeout(() => {
      remember();
      restart();
    }),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    const next = shown;
    shown += PAGE;
    show();
    const heading = cards.filter((card) => !card.element.hidden)[next]?.element.querySelector("h3");
    if (heading) {
      heading.tabIndex = -1;
      heading.focus();
    }
  });
  addEventListener("hashchange", recall);
  form.hidden = false;
  recall();
})();
