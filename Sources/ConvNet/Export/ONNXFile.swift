import Text

/// A model as an ONNX file: pictures as they lie in memory go in, probabilities come out.
///
///     image          uint8 [batch, height, width, channels], 0…255
///     probabilities  float [batch, classes]
///
/// Normalisation and softmax are inside; classes, and how pictures are brought to size, are metadata.
public struct ONNXFile {
  private var graph = ONNXGraph()
  private let model: Model

  /// The file, whole.
  ///
  /// - Throws: `notExportable` for a layer that ONNX has no operators for.
  public static func encode(_ model: Model) throws(NetworkError) -> [UInt8] {
    var file = ONNXFile(model: model)
    return try file.encoded()
  }

  private init(model: Model) { self.model = model }

  private mutating func encoded() throws(NetworkError) -> [UInt8] {
    let input = model.network.input
    if input.isFlat { throw .notExportable("a network whose input is no picture") }
    var value = graph.add("Cast", ["image"], [("to", .integer(ONNXGraph.Element.float.rawValue))])
    value = graph.add("Transpose", [value], [("perm", .integers([0, 3, 1, 2]))])
    let normalization = model.normalization
    let scale = graph.add(
      tensor: "scale", shape: [1, input.channels, 1, 1], normalization.scale)
    let shift = graph.add(
      tensor: "shift", shape: [1, input.channels, 1, 1], normalization.shift)
    value = graph.add("Add", [graph.add("Mul", [value, scale]), shift])
    value = try add(model.network.nodes, value)
    _ = graph.add("Softmax", [value], [("axis", .integer(1))], output: "probabilities")
    let classes = JSON.array(model.classNames.map { .string($0) }).compact
    var metadata = [("classes", classes), ("architecture", model.network.architecture.text)]
    for fact in ["model", "fit", "size"] {
      if let value = model.facts[fact] { metadata.append((fact, value)) }
    }
    return graph.file(
      name: model.facts["model"] ?? "network",
      input: ("image", .uint8, [nil, input.height, input.width, input.channels]),
      output: ("probabilities", .float, [nil, model.classNames.count]), metadata: metadata)
  }

  /// - Returns: the name of what the nodes yield.
  private mutating func add(
    _ nodes: [LayerNode], _ input: String
  ) throws(NetworkError) -> String {
    var value = input
    for node in nodes {
      value = try add(node, value)
      if let activation = node.layer.activation {
        value = try add(activation, of: node.name, value)
      }
    }
    return value
  }

  private mutating func add(_ node: LayerNode, _ input: String) throws(NetworkError) -> String {
    let tensors = node.slots.map { slot in
      graph.add(
        tensor: slot.name, shape: slot.shape.file,
        slot.shape.toFile(model.weights.values(of: slot)))
    }
    switch node.layer {
    case let layer as Conv2D:
      return graph.add(
        "Conv", [input] + tensors,
        Self.window(layer.window, node.input) + [("group", .integer(layer.groups))])
    case let layer as Depthwise:
      return graph.add(
        "Conv", [input] + tensors,
        Self.window(layer.window, node.input) + [("group", .integer(node.input.channels))])
    case is Dense: return graph.add("Gemm", [input] + tensors, [("transB", .integer(1))])
    case let layer as BatchNorm:
      let count = layer.channels(of: node.input)
      let scale =
        layer.hasScale
        ? []
        : [
          graph.add(
            tensor: node.name + ".weight", shape: [count], [Float](repeating: 1, count: count))
        ]
      return graph.add(
        "BatchNormalization", [input] + scale + tensors, [("epsilon", .number(layer.epsilon))])
    case let layer as MaxPool:
      return graph.add("MaxPool", [input], Self.window(layer.window, node.input))
    case let layer as MinPool:
      let largest = graph.add(
        "MaxPool", [graph.add("Neg", [input])], Self.window(layer.window, node.input))
      return graph.add("Neg", [largest])
    case let layer as AveragePool:
      return graph.add(
        "AveragePool", [input],
        Self.window(layer.window, node.input).filter { $0.0 != "dilations" })
    case is GlobalAveragePool: return flattened(graph.add("GlobalAveragePool", [input]))
    case is GlobalMaxPool: return flattened(graph.add("GlobalMaxPool", [input]))
    case is Flatten: return flattened(input)
    case is Dropout, is DropPath: return input
    case is Gate:
      var gate = try add(node.branches[0], input)
      if !node.input.isFlat, node.branches[0].last!.output.isFlat {
        gate = graph.add("Unsqueeze", [gate, graph.constant(integers: [2, 3])])
      }
      return graph.add("Mul", [input, gate])
    case let layer as Scale: return graph.add("Mul", [input, graph.constant(layer.factor)])
    case is Residual:
      let branches = [try add(node.branches[0], input), try add(node.branches[1], input)]
      return graph.add("Add", branches)
    case let layer as any Activation: return try add(layer, of: node.name, input)
    default: throw .notExportable(node.name)
    }
  }

  private mutating func add(
    _ activation: any Activation, of layer: String, _ x: String
  ) throws(NetworkError) -> String {
    switch activation {
    case is ReLU: return graph.add("Relu", [x])
    case is ReLU6:
      return graph.add("Clip", [x, graph.constant(0), graph.constant(ReLU6.ceiling)])
    case let leaky as LeakyReLU:
      return graph.add("LeakyRelu", [x], [("alpha", .number(leaky.leak))])
    case is Sigmoid: return graph.add("Sigmoid", [x])
    case is Tanh: return graph.add("Tanh", [x])
    case is HardSwish: return graph.add("HardSwish", [x])
    case is HardSigmoid:
      return graph.add("HardSigmoid", [x], [("alpha", .number(1.0 / 6)), ("beta", .number(0.5))])
    case is SiLU: return graph.add("Mul", [x, graph.add("Sigmoid", [x])])
    case is GELU:
      // x/2 · (1 + erf(x/√2)).
      let part = graph.add("Erf", [graph.add("Mul", [x, graph.constant(Float(0.5).squareRoot())])])
      let share = graph.add("Add", [part, graph.constant(1)])
      return graph.add("Mul", [graph.add("Mul", [x, graph.constant(0.5)]), share])
    default: throw .notExportable("\(activation.text) of \(layer)")
    }
  }

  private mutating func flattened(_ value: String) -> String {
    graph.add("Flatten", [value], [("axis", .integer(1))])
  }

  private static func window(
    _ window: Window, _ input: FeatureShape
  ) -> [(String, ONNXGraph.Attribute)] {
    let (y, x) = (window.paddingY(input.height), window.paddingX(input.width))
    return [
      ("kernel_shape", .integers([window.height, window.width])),
      ("strides", .integers([window.strideY, window.strideX])),
      ("dilations", .integers([window.dilationY, window.dilationX])),
      ("pads", .integers([y.before, x.before, y.after, x.after])),
    ]
  }
}
