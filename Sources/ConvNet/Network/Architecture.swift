/// A network as described, perhaps with the shape of its input.
public struct Architecture: Sendable {
  public var layers: [any Layer]
  /// nil where the data decide.
  public var input: FeatureShape?

  public init(_ layers: [any Layer], input: FeatureShape? = nil) {
    self.layers = layers
    self.input = input
  }

  /// Reads a description (see `docs` of the description language in `DescriptionParser`).
  ///
  /// - Parameter text: layers separated by newlines or `;`, `#` comments.
  /// - Throws: what is wrong and where, as line:column.
  public init(_ text: String) throws(NetworkError) {
    var parser = DescriptionParser(text)
    layers = try parser.parse()
    input = parser.input
  }

  /// A description that reads back as the same network, a layer a line.
  public var text: String {
    var lines = layers.map(\.text)
    if let input {
      let shape =
        input.isFlat ? "\(input.count)" : "\(input.height)x\(input.width)x\(input.channels)"
      lines.insert("input \(shape)", at: 0)
    }
    return lines.joined(separator: "\n")
  }
}
