(file) => {
  if (!file) return;
  const bytes = new Blob([file.content], { type: file.type });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(bytes);
  link.download = file.name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
