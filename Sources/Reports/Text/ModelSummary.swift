/// The table of a network's layers with shapes and numbers of parameters.
public struct ModelSummary: Sendable, Equatable {
  /// One line of the table.
  public struct Layer: Sendable, Equatable {
    /// The name of its tensors, `conv1`.
    public var name: String
    /// What it is, `Conv2D 3×3, valid, ReLU`.
    public var type: String
    /// Shape of its output without the batch, `[30, 30, 64]`.
    public var outputShape: [Int]
    /// Numbers that training changes.
    public var trainable: Int
    /// Numbers that training leaves alone.
    public var frozen: Int
    /// Why the shape and the count are what they are, a sentence each; shown on request.
    public var explanation: [String]

    public init(
      name: String, type: String, outputShape: [Int], trainable: Int, frozen: Int = 0,
      explanation: [String] = []
    ) {
      self.name = name
      self.type = type
      self.outputShape = outputShape
      self.trainable = trainable
      self.frozen = frozen
      self.explanation = explanation
    }
  }

  public var title: String
  /// Shape of the input without the batch, `[32, 32, 3]`.
  public var inputShape: [Int]
  public var layers: [Layer]

  public init(title: String, inputShape: [Int], layers: [Layer]) {
    self.title = title
    self.inputShape = inputShape
    self.layers = layers
  }

  public var trainable: Int { layers.reduce(0) { $0 + $1.trainable } }
  public var frozen: Int { layers.reduce(0) { $0 + $1.frozen } }
  /// Bytes of the parameters in single precision.
  public var bytes: Int { 4 * (trainable + frozen) }

  /// The table, then the totals.
  ///
  /// - Parameter explain: whether the explanations follow.
  public func text(style: TextTable.Style = .boxed, explain: Bool = false) -> String {
    var table = TextTable([
      .init("Layer"), .init("Type"), .init("Output shape"), .init("Parameters", .right),
    ])
    table.add(["input", "", Self.shape(inputShape), ""])
    for layer in layers {
      table.add([
        layer.name, layer.type, Self.shape(layer.outputShape),
        NumberText.grouped(layer.trainable + layer.frozen),
      ])
    }
    let total = trainable + frozen
    var text = "Model: \(title)\n" + table.text(style)
    text += "Total parameters: \(NumberText.grouped(total)) (\(NumberText.bytes(bytes)))\n"
    text += "Trainable: \(NumberText.grouped(trainable))\n"
    text += "Not trainable: \(NumberText.grouped(frozen))\n"
    if explain {
      for layer in layers where !layer.explanation.isEmpty {
        text += "\n\(layer.name) (\(layer.type))\n"
        text += layer.explanation.map { "  \($0)\n" }.joined()
      }
    }
    return text
  }

  public var json: JSON {
    func shape(_ shape: [Int]) -> JSON { .array(shape.map { .integer($0) }) }
    return [
      "model": .string(title), "input_shape": shape(inputShape),
      "layers": .array(
        layers.map { layer in
          [
            "name": .string(layer.name), "type": .string(layer.type),
            "output_shape": shape(layer.outputShape), "trainable": .integer(layer.trainable),
            "not_trainable": .integer(layer.frozen),
            "explanation": .array(layer.explanation.map { .string($0) }),
          ]
        }),
      "trainable": .integer(trainable), "not_trainable": .integer(frozen),
    ]
  }

  /// `32×32×3`, or `128` for a vector.
  public static func shape(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: "×")
  }
}
