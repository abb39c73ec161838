import Text

/// A network as described, perhaps with the shape of its input.
public struct Architecture: Sendable {
  public var layers: [any Layer]
  /// nil where the data decide.
  public var input: FeatureShape?
  /// Where each layer is described, those in blocks after the one that holds them; empty where the
  /// layers are from no text.
  private(set) var positions: [TextPosition] = []

  public init(_ layers: [any Layer], input: FeatureShape? = nil) {
    self.layers = layers
    self.input = input
  }

  /// Reads a description: a layer a line, as
  ///
  ///     input 32x32x3                      # optional: height x width x channels
  ///     conv 64 3x3 same relu              # filters, kernel; stride 2, dilation 2, pad 1, nobias
  ///     conv 24 2x2 whitened gelu          # first only: weights from the images, frozen
  ///     conv 64 3x3 same nobias dirac      # how weights start: glorot, he, uniform, dirac, unit
  ///     batchnorm                          # momentum 0.1, epsilon 1e-5, noscale
  ///     maxpool 2                          # window; stride 2, same, pad 1
  ///     residual { conv 64 3x3 same } relu
  ///     gate { globalavgpool; dense 8 relu; dense 64 sigmoid }    # squeeze-and-excitation
  ///     residual { conv 64 3x3 same; droppath 0.1 }               # stochastic depth
  ///     dropout 0.5
  ///     flatten
  ///     dense 10
  ///     scale 1/9                          # of the logits
  ///
  /// - Parameter text: layers separated by newlines or `;`, `#` comments.
  /// - Throws: what is wrong and where, as line:column.
  public init(_ text: String) throws(NetworkError) {
    var parser = DescriptionParser(text)
    layers = try parser.parse()
    input = parser.input
    positions = parser.positions
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
