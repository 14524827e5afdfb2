// Paper: everything drawn, in light colours, charts as wide as the sheet, tables of at most 50 rows.

const SHEET = 680; // CSS pixels between the margins of A4 and of Letter.

addEventListener('beforeprint', () => {
  themeForPrint(true);
  resizeCharts(SHEET);
  drawAllSections();
  printTables(true);
});

addEventListener('afterprint', () => {
  themeForPrint(false);
  resizeCharts(null);
  printTables(false);
});
