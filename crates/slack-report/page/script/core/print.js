// Paper: everything drawn, in light colours, charts as wide as the sheet, tables of at most 50 rows.

const SHEET = 680; // CSS pixels between the margins of A4 and of Letter.

addEventListener('beforeprint', () => {
  themeForPrint(true);
  drawAllSections();
});

// A listener of its own: figures draw in microtasks, which run between the two.
addEventListener('beforeprint', () => {
  printTables(true);
  resizeCharts(SHEET);
});

addEventListener('afterprint', () => {
  themeForPrint(false);
  printTables(false);
  resizeCharts(null);
});
