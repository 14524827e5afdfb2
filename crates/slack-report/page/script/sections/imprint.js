// Who made this, of what, with what.

document.getElementById('imprint').append(
  element('p', {},
    `Made by Slack analytics ${report.tool_version} on ${instant(report.generated_at)}, of ${report.subject === 'master' ? 'all batches' : report.subject}. `,
    'The page holds all of its data, and loads and sends nothing.'),
  element('p', {},
    'Drawn with Apache ECharts 6.1 (Apache-2.0; Copyright 2017-2026 The Apache Software Foundation), which contains zrender (BSD-3-Clause; Baidu Inc.), ',
    'parts of d3 (BSD-3-Clause; Mike Bostock) and tslib (0BSD; Microsoft), and with sigma.js and graphology (MIT; Alexis Jacomy, Guillaume Plique).'));
