// A part of the page whose text screen readers say whenever it changes. `element` is Gradio's.
element.setAttribute('role', 'status');
