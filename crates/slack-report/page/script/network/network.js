// The section: the network of people.

section({
  id: 'network',
  title: 'The network',
  intro: report.network ? 'Who talks with whom. A circle is a person, a line a tie; whoever is tied closely is drawn closely, and the colours are communities.' : null,
  render(container) {
    const { network } = report;
    if (!network || !network.people.length) {
      container.append(element('p', { class: 'empty' }, 'Nobody has replied to, reacted to, or mentioned anybody else yet: there is no network to draw.'));
      return;
    }
    const model = networkModel(network);
    container.append(networkFigure(model), measuresTable(network), centralTable(model), communitiesTable(model), networkMonths(network));
  },
});

function networkFigure(model) {
  const { network } = model;
  const explorer = networkExplorer(model);
  const { source, target, weight, count: edges } = model.edges;
  const left = network.edges_total - edges;
  return figure({
    id: 'network',
    title: 'Who talks with whom',
    definition: ['A tie leads from one person to another to whom they replied, reacted, or whom they mentioned; its strength is how often, over all channels. Bots are left out. ',
      'Positions by ForceAtlas2, communities by Leiden. ',
      left > 0 ? `This report holds ${number(edges)} of ${number(network.edges_total)} ties: the strongest, and of everybody the strongest one, among people who posted or reacted or were reacted to. ` : null],
    period: `${span(report.from, report.to)}.`,
    asTable: false,
    csv: {
      file: 'network_data.csv', columns: ['Source', 'Target', 'Weight'],
      rows: () => Array.from({ length: explorer.edgesShown() }, (_, e) => [model.names[source[e]], model.names[target[e]], weight[e]]),
    },
    summary: `Network of ${count(model.count, 'person', 'people')} in ${count(network.communities.length, 'community', 'communities')}`,
    draw(area) {
      area.append(explorer.node, networkPicture(model));
      explorer.start();
    },
  });
}
