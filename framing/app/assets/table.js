// A table: sorts by its heads and filters as one types, and stays so when it is drawn anew. `element` and `watch` are Gradio's.
let kept = { column: null, down: false, filter: '' };

function sort() {
  for (const head of element.querySelectorAll('[aria-sort]')) head.removeAttribute('aria-sort');
  const button = kept.column !== null && element.querySelector(`[data-sort="${kept.column}"]`);
  if (!button) return;
  const head = button.closest('th');
  head.setAttribute('aria-sort', kept.down ? 'descending' : 'ascending');
  const body = head.closest('table').tBodies[0];
  const text = (row) => row.cells[kept.column].textContent.trim();
  const parse = (row) => Number(text(row).replaceAll(',', '')) || 0;
  const order = button.dataset.kind === 'number'
    ? (a, b) => parse(a) - parse(b)
    : (a, b) => text(a).localeCompare(text(b));
  body.append(...Array.from(body.rows).sort((a, b) => (kept.down ? -1 : 1) * order(a, b)));
}

function filter() {
  const wanted = kept.filter.trim().toLocaleLowerCase();
  const rows = Array.from(element.querySelectorAll('tbody tr'));
  let shown = 0;
  for (const row of rows) {
    row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
    shown += row.hidden ? 0 : 1;
  }
  element.querySelector('[data-shown]').textContent = `${shown} of ${rows.length}`;
}

element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-sort]');
  if (!button) return;
  const down = button.closest('th').getAttribute('aria-sort') === 'ascending';
  kept = { ...kept, column: button.dataset.sort, down };
  sort();
});
element.addEventListener('input', (event) => {
  if (!event.target.matches('[data-filter]')) return;
  kept = { ...kept, filter: event.target.value };
  filter();
});
watch('value', () => {
  const input = element.querySelector('[data-filter]');
  if (!input) return;
  sort();
  input.value = kept.filter;
  if (kept.filter) filter();
});
