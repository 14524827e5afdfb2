// Everything is on the page: open it.

openSections();
document.documentElement.dataset.ready = 'true';
