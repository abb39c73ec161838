import ConvNet
import Text

/// The table of a network's layers, as text and as JSON.
public struct ModelSummary: Sendable, Equatable {
  public var title: String
  public var summary: Summary
  /// The layers in the description language, for programs.
  public var description: String?
  /// The options that train it as its name says, for programs; nil where it is no preset.
  public var options: String?

  public init(title: String, _ network: Network) {
    self.title = title
    summary = Summary(network)
  }

  /// Bytes of the parameters in single precision.
  private var bytes: Int { 4 * summary.parameters }

  /// The table, then the totals.
  ///
  /// - Parameter explain: whether the explanations follow.
  public func text(style: TextTable.Style = .boxed, explain: Bool = false) -> String {
    var table = TextTable([
      .init("Layer"), .init("Type"), .init("Output shape"), .init("Parameters", .right),
    ])
    table.add(["input", "", Self.shape(summary.input), ""])
    for row in summary.rows {
      table.add([
        Self.name(row), row.title, Self.shape(row.output), NumberText.grouped(row.parameters),
      ])
    }
    var text = "Model: \(title)\n" + table.text(style)
    text +=
      "Total parameters: \(NumberText.grouped(summary.parameters)) (\(NumberText.bytes(bytes)))\n"
    text += "Trainable: \(NumberText.grouped(summary.trainable))\n"
    text += "Not trainable: \(NumberText.grouped(summary.nonTrainable))\n"
    if explain {
      for row in summary.rows where !row.explanation.isEmpty {
        text += "\n\(Self.name(row)) (\(row.title))\n"
        text += row.explanation.map { "  \($0)\n" }.joined()
      }
    }
    return text
  }

  public var json: JSON {
    func shape(_ shape: FeatureShape) -> JSON { .array(Self.axes(shape).map { .integer($0) }) }
    let layers = summary.rows.map { row -> JSON in
      [
        "name": .string(Self.name(row)), "type": .string(row.title),
        "output_shape": shape(row.output), "trainable": .integer(row.trainable),
        "not_trainable": .integer(row.nonTrainable),
        "explanation": .array(row.explanation.map { .string($0) }),
      ]
    }
    var members: [(String, JSON)] = [
      ("model", .string(title)), ("input_shape", shape(summary.input)), ("layers", .array(layers)),
      ("trainable", .integer(summary.trainable)),
      ("not_trainable", .integer(summary.nonTrainable)),
    ]
    if let description { members.append(("description", .string(description))) }
    if let options { members.append(("options", .string(options))) }
    return .object(members)
  }

  /// Layers inside a block stand further right.
  private static func name(_ row: Summary.Row) -> String {
    String(repeating: "  ", count: row.depth) + row.name
  }

  private static func axes(_ shape: FeatureShape) -> [Int] {
    shape.isFlat ? [shape.count] : [shape.height, shape.width, shape.channels]
  }

  /// `32×32×3`, or `128` for a vector.
  private static func shape(_ shape: FeatureShape) -> String {
    axes(shape).map(String.init).joined(separator: "×")
  }
}
