// The table of findings: sorts by its heads and filters as one types. `element` is Gradio's.
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-sort]');
  if (!button) return;
  const head = button.closest('th');
  const down = head.getAttribute('aria-sort') === 'ascending';
  for (const other of head.parentElement.children) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  const body = head.closest('table').tBodies[0];
  const text = (row) => row.cells[button.dataset.sort].textContent.trim();
  const parse = (row) => Number(text(row).replaceAll(',', '')) || 0;
  const order = button.dataset.kind === 'number'
    ? (a, b) => parse(a) - parse(b)
    : (a, b) => text(a).localeCompare(text(b));
  body.append(...Array.from(body.rows).sort((a, b) => (down ? -1 : 1) * order(a, b)));
});
element.addEventListener('input', (event) => {
  if (!event.target.matches('[data-filter]')) return;
  const wanted = event.target.value.trim().toLocaleLowerCase();
  const rows = Array.from(element.querySelectorAll('tbody tr'));
  let shown = 0;
  for (const row of rows) {
    row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
    shown += row.hidden ? 0 : 1;
  }
  element.querySelector('[data-shown]').textContent = `${shown} of ${rows.length}`;
});
