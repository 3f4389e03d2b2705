// Fetches the parts marked data-live again while somebody looks, and shows times as the reader's own.
'use strict';

const seen = new Map();

function localTimes(root) {
  for (const time of root.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    const today = at.toDateString() === new Date().toDateString();
    time.title = at.toLocaleString();
    time.textContent = today ? at.toLocaleTimeString() : at.toLocaleString();
  }
}

async function refresh() {
  if (document.hidden) return;
  for (const part of document.querySelectorAll('[data-live]')) {
    try {
      const answer = await fetch(part.dataset.live, {cache: 'no-store'});
      document.body.classList.toggle('gone', !answer.ok);
      if (!answer.ok) continue;
      const html = await answer.text();
      if (seen.get(part.id) === html) continue;
      seen.set(part.id, html);
      const fresh = new DOMParser().parseFromString(html, 'text/html');
      localTimes(fresh);
      part.replaceChildren(...fresh.body.childNodes);
    } catch {
      document.body.classList.add('gone');
    }
  }
}

localTimes(document);
setInterval(refresh, 2000);
document.addEventListener('visibilitychange', refresh);
