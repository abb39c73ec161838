import ConvNet
import Reports

extension ModelSummary {
  /// The table of a network.
  init(_ title: String, _ summary: Summary) {
    func axes(_ shape: FeatureShape) -> [Int] {
      shape.isFlat ? [shape.count] : [shape.height, shape.width, shape.channels]
    }
    self.init(
      title: title, inputShape: axes(summary.input),
      layers: summary.rows.map { row in
        Layer(
          name: String(repeating: "  ", count: row.depth) + row.name, type: row.title,
          outputShape: axes(row.output), trainable: row.trainable, frozen: row.nonTrainable,
          explanation: row.explanation)
      })
  }
}
