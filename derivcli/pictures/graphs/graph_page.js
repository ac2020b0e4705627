"use strict";
// Lights up what a node is made of, or, of an input, all that is made of it; the node pointed at, focused or pinned.
(() => {
  const svg = document.querySelector("svg"), said = document.getElementById("said"), silent = said.textContent;
  const nodes = [...svg.querySelectorAll(".node")], tags = [...svg.querySelectorAll(".tag")];
  const edges = [...svg.querySelectorAll(".edge")].map(
    (shape) => ({ shape, from: +shape.dataset.from, to: +shape.dataset.to }));
  const inputs = nodes.map((_, id) => edges.filter((edge) => edge.to === id).map((edge) => edge.from));
  const readers = nodes.map((_, id) => edges.filter((edge) => edge.from === id).map((edge) => edge.to));
  let pinned = null, pointed = null, focused = null;

  const reached = (start, next) => {
    const found = new Set([start]);
    for (const id of found) next[id].forEach((each) => found.add(each));
    return found;
  };

  const show = () => {
    const id = pointed ?? pinned ?? focused;
    svg.classList.toggle("lit", id !== null);
    const down = id !== null && inputs[id].length > 0;
    const path = id === null ? new Set() : reached(id, down ? inputs : readers);
    nodes.forEach((node, each) => {
      node.classList.toggle("on", path.has(each));
      node.classList.toggle("chosen", each === id);
      node.setAttribute("aria-pressed", each === pinned);
    });
    for (const edge of edges) edge.shape.classList.toggle("on", path.has(edge.from) && path.has(edge.to));
    for (const tag of tags) {
      const id = +tag.dataset.id, lit = edges.some((edge) => edge.from === id && edge.shape.classList.contains("on"));
      tag.classList.toggle("on", lit);
    }
    const text = id === null ? silent : nodes[id].dataset.said;
    if (said.textContent !== text) said.textContent = text;
  };

  const focus = (id) => {
    if (id === undefined || id < 0 || id >= nodes.length) return;
    nodes.forEach((node, each) => node.setAttribute("tabindex", each === id ? "0" : "-1"));
    nodes[id].focus();
    nodes[id].scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const pin = (id) => {
    pinned = pinned === id ? null : id;
    show();
  };

  const keys = {
    ArrowLeft: (id) => focus(inputs[id][0]),
    ArrowRight: (id) => focus(readers[id][0]),
    ArrowUp: (id) => focus(id - 1),
    ArrowDown: (id) => focus(id + 1),
    Home: () => focus(0),
    End: () => focus(nodes.length - 1),
    Enter: pin,
    " ": pin,
    Escape: (id) => { pinned = null; pointed = null; nodes[id].blur(); },
  };

  nodes.forEach((node, id) => {
    node.addEventListener("pointerenter", () => { pointed = id; show(); });
    node.addEventListener("pointerleave", () => { pointed = null; show(); });
    node.addEventListener("focus", () => { focused = id; show(); });
    node.addEventListener("blur", () => { focused = null; show(); });
    node.addEventListener("click", (event) => { event.stopPropagation(); focus(id); pin(id); });
    node.addEventListener("keydown", (event) => {
      const act = keys[event.key];
      if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      act(id);
      show();
    });
  });
  nodes[nodes.length - 1].setAttribute("tabindex", "0");
  document.addEventListener("click", () => { pinned = null; show(); });

  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  document.getElementById("theme").addEventListener("click", (event) => {
    event.stopPropagation();
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
    root.dataset.theme = isDark ? "light" : "dark";
  });
  root.dataset.ready = "yes";
})();
