// Two versions: from a list to its place, from mark to mark, and explanations that close. `element` is Gradio's.
element.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]');
  const place = link && document.getElementById(link.getAttribute('href').slice(1));
  if (!place) return;
  // Gradio's page has a base address, under which such a link would load the page anew.
  event.preventDefault();
  event.stopPropagation();
  const mark = place.closest('.mark');
  // In a narrow window the explanation covers the lower half.
  mark.scrollIntoView({ block: matchMedia('(max-width: 62rem)').matches ? 'start' : 'center' });
  mark.focus({ preventScroll: true });
});
element.addEventListener('keydown', (event) => {
  const mark = event.target.closest('.mark');
  if (!mark) return;
  if (event.key === 'Escape') mark.blur();
  if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
    // Those in folded paragraphs cannot be seen.
    const marks = Array.from(element.querySelectorAll('.mark')).filter((one) => one.checkVisibility());
    const next = marks[marks.indexOf(mark) + (event.key === 'ArrowRight' ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  }
});
