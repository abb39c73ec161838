import Reports

extension EvaluationReport {
  /// The name of the part as a heading.
  var title: String { name.prefix(1).uppercased() + name.dropFirst() }

  /// What pages say of it: what was taken for what, and how far probabilities can be trusted.
  var blocks: [HTMLReport.Block] {
    var blocks: [HTMLReport.Block] = [.paragraph(headline)]
    if report.confusion.classes <= 40 { blocks.append(.confusion(report)) }
    let pairs = report.confusedPairs()
    if !pairs.rows.isEmpty {
      blocks += [.paragraph("Most often mistaken:"), .table(pairs)]
    }
    blocks.append(.drawings(charts.drawings))
    blocks.append(.folded("Precision and recall of each class", [.table(report.table())]))
    return blocks
  }
}
