// Two versions: from a list to its place. `element` and `watch` are Gradio's.
element.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]');
  const place = link && document.getElementById(link.getAttribute('href').slice(1));
  if (!place) return;
  // Gradio's page has a base address, under which such a link would load the page anew.
  event.preventDefault();
  event.stopPropagation();
  toFinding(place.dataset.f);
});

watch('value', hide);
