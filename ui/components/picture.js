// The cluster of one run as one SVG. Runs at every data update with the same element: built once, then patched, so that
// nothing blinks and the page never moves more than it must. Text comes in as textContent only.
const NS = "http://www.w3.org/2000/svg";
const STATES = new WeakMap();
const POD = { least: 118, roomy: 160, most: 190, h: 96, gap: 10 };
const LANE = { h: 52, gap: 12 };
const PAD = 14;
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function make(tag, classes, parent) {
  const node = document.createElementNS(NS, tag);
  if (classes) node.setAttribute("class", classes);
  if (parent) parent.appendChild(node);
  return node;
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function wide(character) {
  return character.charCodeAt(0) > 0x2e7f ? 1.75 : 1;
}

function length(text) {
  return [...text].reduce((sum, character) => sum + wide(character), 0);
}

// As much of the text as fits, cut in the middle: names differ at their end.
function fit(text, units) {
  if (length(text) <= units) return text;
  const characters = [...text];
  let head = 0;
  let tail = characters.length;
  let left = units - 1;
  for (let turn = 0; head < tail; turn++) {
    const next = turn % 2 ? characters[head] : characters[tail - 1];
    left -= wide(next);
    if (left < 0) break;
    if (turn % 2) head++;
    else tail--;
  }
  return characters.slice(0, head).join("") + "…" + characters.slice(tail).join("");
}

// As much as fits, cut at the end: what a state is called begins with what matters.
function cut(text, units) {
  if (length(text) <= units) return text;
  let used = 1;
  let kept = "";
  for (const character of text) {
    used += wide(character);
    if (used > units) break;
    kept += character;
  }
  return `${kept}…`;
}

function box(parent, kind) {
  const group = make("g", kind, parent);
  const parts = { group, frame: make("rect", "frame", group), title: make("text", "title", group) };
  parts.tip = make("title", "", group);
  parts.lines = [];
  return parts;
}

function line(parts, number, classes) {
  while (parts.lines.length <= number) parts.lines.push(make("text", "line", parts.group));
  const node = parts.lines[number];
  set(node, { class: `line ${classes || ""}` });
  return node;
}

function place(parts, spot, first) {
  const move = `translate(${spot.x}px, ${spot.y}px)`;
  if (first) parts.group.style.transition = "none";
  if (parts.group.style.transform !== move) parts.group.style.transform = move;
  if (first) {
    parts.group.getBoundingClientRect();
    parts.group.style.transition = "";
  }
  set(parts.frame, { width: spot.w, height: spot.h, rx: 9 });
}

// Keeps one drawn thing a key: makes what is new, patches what is there, fades what has gone.
function keep(drawn, layer, kind, items, patch) {
  const seen = new Set();
  for (const item of items) {
    seen.add(item.key);
    let parts = drawn.get(item.key);
    const first = !parts;
    if (first) {
      parts = box(layer, kind);
      drawn.set(item.key, parts);
    }
    place(parts, item.spot, first);
    patch(parts, item);
  }
  for (const [key, parts] of drawn) {
    if (seen.has(key)) continue;
    drawn.delete(key);
    parts.group.classList.add("leaving");
    setTimeout(() => parts.group.remove(), still() ? 0 : 400);
  }
}

function rows(items, width, each, gap, top) {
  const columns = Math.max(1, Math.floor((width + gap) / (each.w + gap)));
  items.forEach((item, index) => {
    const column = index % columns;
    const row = Math.floor(index / columns);
    item.spot = { x: PAD + column * (each.w + gap), y: top + row * (each.h + gap), w: each.w, h: each.h };
  });
  return items.length ? top + Math.ceil(items.length / columns) * (each.h + gap) : top;
}

function layout(data, width) {
  const inner = width - 2 * PAD;
  let y = PAD;
  const lanes = data.lanes.map((lane) => ({ ...lane, key: lane.name }));
  const laneColumns = Math.max(1, Math.min(lanes.length, Math.floor((inner + LANE.gap) / (150 + LANE.gap))));
  const laneWidth = Math.min(360, (inner - (laneColumns - 1) * LANE.gap) / laneColumns);
  y = rows(lanes, inner, { w: laneWidth, h: LANE.h }, LANE.gap, y);
  const services = data.services.map((service) => ({ ...service, key: service.name }));
  y = rows(services, inner, { w: Math.min(inner, Math.max(300, inner / 2 - 6)), h: 52 }, 12, lanes.length ? y + 14 : y);
  const groups = [];
  const pods = [];
  if (services.length || lanes.length) y += 12;
  for (const group of data.groups) {
    const header = group.title ? 30 : 0;
    const top = y;
    const members = group.pods.map((pod) => ({ ...pod, key: pod.uid || pod.name }));
    const room = inner - 2 * PAD + POD.gap;
    const least = width > 620 ? POD.roomy : POD.least;
    const columns = Math.max(1, Math.min(Math.max(members.length, 3), Math.floor(room / (least + POD.gap))));
    const podWidth = Math.min(POD.most, room / columns - POD.gap);
    members.forEach((pod, index) => {
      pod.spot = {
        x: PAD * 2 + (index % columns) * (podWidth + POD.gap),
        y: top + header + PAD + Math.floor(index / columns) * (POD.h + POD.gap),
        w: podWidth,
        h: POD.h,
      };
    });
    const height = header + PAD + Math.max(1, Math.ceil(members.length / columns)) * (POD.h + POD.gap);
    groups.push({ ...group, spot: { x: PAD, y: top, w: inner, h: height } });
    pods.push(...members);
    y = top + height + 12;
  }
  return { lanes, services, groups, pods, height: Math.max(y, 60) };
}

function drawLane(parts, lane) {
  set(parts.group, { class: `lane lane-${lane.colour}` });
  say(parts.title, fit(lane.label, lane.spot.w / 8.4));
  set(parts.title, { x: 14, y: 21 });
  const counts = line(parts, 0, lane.failed ? "failed" : "");
  say(counts, lane.counts);
  set(counts, { x: 14, y: 41 });
  say(parts.tip, lane.label);
}

function drawService(parts, service) {
  set(parts.group, { class: "service" });
  say(parts.title, fit(service.title, service.spot.w / 8.4));
  set(parts.title, { x: 14, y: 21 });
  const detail = line(parts, 0);
  say(detail, fit(service.detail, service.spot.w / 7.2));
  set(detail, { x: 14, y: 41 });
  say(parts.tip, `${service.title} ${service.detail}`);
}

function drawGroup(parts, group) {
  set(parts.group, { class: "owner" });
  const units = (group.spot.w - 24) / 7.6;
  const whole = group.extra ? `${group.title} · ${group.extra}` : group.title;
  say(parts.title, length(whole) <= units ? whole : fit(group.title, units));
  set(parts.title, { x: 14, y: 23 });
  say(parts.tip, group.title);
}

function drawPod(parts, pod) {
  set(parts.group, { class: `pod ${pod.state}` });
  say(parts.tip, `${pod.name}: ${pod.status} ${pod.detail}`);
  say(parts.title, fit(pod.short, (pod.spot.w - 34) / 7.6));
  set(parts.title, { x: 28, y: 23 });
  if (!parts.dot) parts.dot = make("circle", "dot", parts.group);
  set(parts.dot, { cx: 15, cy: 18.5, r: 5 });
  const status = line(parts, 0, "status");
  say(status, cut(pod.status, (pod.spot.w - 22) / 6.6));
  set(status, { x: 13, y: 43 });
  const detail = line(parts, 1);
  say(detail, cut(pod.detail, (pod.spot.w - 22) / 6.8));
  set(detail, { x: 13, y: 61 });
  if (!parts.bars) parts.bars = new Map();
  let x = 13;
  const seen = new Set();
  for (const answer of pod.answers) {
    seen.add(answer.lane);
    let bar = parts.bars.get(answer.lane);
    if (!bar) {
      bar = { mark: make("rect", "", parts.group), count: make("text", "count", parts.group) };
      parts.bars.set(answer.lane, bar);
    }
    set(bar.mark, { class: `mark lane-${answer.colour}`, x, y: 74, width: 10, height: 10, rx: 5 });
    say(bar.count, String(answer.count));
    set(bar.count, { x: x + 15, y: 83.5 });
    x += 15 + String(answer.count).length * 8.5 + 10;
  }
  for (const [lane, bar] of parts.bars) {
    if (seen.has(lane)) continue;
    bar.mark.remove();
    bar.count.remove();
    parts.bars.delete(lane);
  }
}

// New answers fly from their lane to the pod that gave them.
function fly(state, data, plan) {
  for (const lane of plan.lanes) {
    const before = state.flown.get(lane.name);
    state.flown.set(lane.name, lane.at);
    if (before === undefined ? !state.live : before === lane.at) continue;
    if (still() || document.hidden) continue;
    for (const pod of plan.pods) {
      const count = Math.min(lane.fresh[pod.name] || 0, 5);
      for (let n = 0; n < count; n++) {
        const dot = make("circle", `request lane-${lane.colour}`, state.flights);
        set(dot, { r: 4.5 });
        const from = `translate(${lane.spot.x + lane.spot.w / 2}px, ${lane.spot.y + lane.spot.h}px)`;
        const to = `translate(${pod.spot.x + 18 + n * 6}px, ${pod.spot.y + 78}px)`;
        const flight = dot.animate([{ transform: from, opacity: 0.9 }, { transform: to, opacity: 0.9 }], {
          duration: 380,
          delay: n * 60,
          easing: "ease-in",
          fill: "both",
        });
        flight.onfinish = () => dot.remove();
        flight.oncancel = () => dot.remove();
      }
    }
  }
  state.live = true;
}

function draw(state) {
  const { data, root } = state;
  const width = Math.max(240, Math.floor(root.clientWidth));
  const plan = layout(data, width);
  set(state.svg, { width, height: plan.height, viewBox: `0 0 ${width} ${plan.height}`, "aria-label": data.summary });
  keep(state.groups, state.back, "owner", plan.groups, drawGroup);
  keep(state.laneBoxes, state.front, "lane", plan.lanes, drawLane);
  keep(state.services, state.front, "service", plan.services, drawService);
  keep(state.pods, state.front, "pod", plan.pods, drawPod);
  fly(state, data, plan);
  say(state.announce, data.announce);
}

function build(root) {
  const svg = root.querySelector("svg");
  svg.replaceChildren();
  const state = {
    root,
    svg,
    back: make("g", "", svg),
    front: make("g", "", svg),
    flights: make("g", "flights", svg),
    announce: root.querySelector(".announce"),
    groups: new Map(),
    laneBoxes: new Map(),
    services: new Map(),
    pods: new Map(),
    flown: new Map(),
    live: false,
  };
  state.observer = new ResizeObserver(() => state.data && draw(state));
  state.observer.observe(root);
  return state;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".cluster");
  let state = STATES.get(parentElement);
  if (!state || state.root !== root) {
    state = build(root);
    STATES.set(parentElement, state);
  }
  state.data = data;
  draw(state);
  return () => {
    state.observer.disconnect();
    STATES.delete(parentElement);
  };
}
