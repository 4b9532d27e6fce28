// Each slide fits: before reveal.js starts, what would run off a slide goes to the next.
(() => {
  const HEIGHT = 720;
  const element = (tag, attributes, ...inside) => {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...inside);
    return made;
  };

  // The parts of a slide: of a cell, its code and each of its outputs.
  const parts = (slide) => {
    const found = [...slide.children].flatMap((part) => (part.matches(".cell") ? cell(part) : [part]));
    slide.replaceChildren(...found);
    return found;
  };
  const cell = (whole) => {
    const pieces = [...whole.querySelectorAll(":scope > .cell_input, :scope > .cell_output")];
    const single = pieces.flatMap((piece) =>
      piece.matches(".cell_output") ? [...piece.children].map((one) => element("div", { class: "cell_output" }, one)) : [piece]);
    single.forEach((piece) => (piece.dataset.of = "cell"));
    return single;
  };

  const isHeading = (part) => part.matches("h1, h2, h3, h4");
  // One idea a slide: words after a cell begin one; a question ends with what takes the guess; an
  // answer stands alone, so that nobody reads it early.
  const begins = (part, before) => {
    if (part.matches("aside, .guess-end")) return false;
    if (isHeading(before)) return false;
    if (part.matches("details") || before.matches("details")) return true;
    if (before.querySelector("[data-ask]")) return true;
    return !part.dataset.of && Boolean(before.dataset.of);
  };

  const split = (slide) => {
    slide.classList.add("leaf");
    const all = parts(slide);
    const topic = slide.parentElement.querySelector("h1, h2, h3")?.textContent;
    slide.replaceChildren();
    let current = slide;
    const next = () => {
      const made = element("section", { class: "leaf" }, element("p", { class: "went-on" }, topic || ""));
      current.after(made);
      current = made;
    };
    let before = null;
    all.forEach((part) => {
      const alone = !before || current.children.length < 1 || isHeading(before);
      if (before && begins(part, before)) next();
      current.append(part);
      if (part.matches("details")) part.open = true;
      if (current.scrollHeight > HEIGHT && !alone && !part.matches("aside")) {
        next();
        current.append(part);
      }
      if (!part.matches("aside")) before = part;
    });
  };

  // What is too tall by itself is drawn smaller, also when it grows later, as a living view does when
  // it is seen; a figure with room around it is drawn larger.
  const fits = (slide) => slide.scrollHeight <= HEIGHT;
  const shrink = (inside) => {
    for (let size = Number(inside.style.zoom || 1); size > 0.4 && !fits(inside.parentElement); ) {
      inside.style.zoom = size -= 0.05;
    }
  };
  const fit = (slide) => {
    const inside = element("div", { class: "fits" });
    inside.append(...slide.childNodes);
    slide.append(inside);
    inside.querySelectorAll(".cell_output > img, .cell_output > .image, .cell_output > a > img").forEach((image) => {
      const width = image.width;
      for (let size = 1.4; size > 1; size -= 0.1) {
        image.style.width = `${size * width}px`;
        if (fits(slide) && image.width <= 1168) return;
      }
      image.style.width = "";
    });
    shrink(inside);
    new ResizeObserver(() => slide.offsetHeight && shrink(inside)).observe(inside);
  };

  const leaves = () => [...document.querySelectorAll(".slides section")].filter((one) => !one.querySelector("section"));
  const lay_out = () => {
    document.body.classList.add("measuring");
    leaves().forEach(split);
    leaves().forEach(fit);
    // The next key opens an answer, as a click does.
    document.querySelectorAll(".slides details").forEach((answer) => {
      answer.open = false;
      answer.classList.add("fragment", "custom");
    });
    document.body.classList.remove("measuring");
  };

  const begin = Reveal.initialize;
  const loaded = new Promise((go) => (document.readyState === "complete" ? go() : addEventListener("load", go)));
  Reveal.initialize = async (config) => {
    await loaded;
    await document.fonts.ready;
    await window.MathJax?.startup?.promise;
    lay_out();
    await begin.call(Reveal, config);
    Reveal.on("fragmentshown", ({ fragment }) => (fragment.open = true));
    Reveal.on("fragmenthidden", ({ fragment }) => (fragment.open = false));
  };
})();
