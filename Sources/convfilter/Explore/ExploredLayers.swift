import ConvEngine
import ConvNet
import Text

/// The layers of a model as a page shows them: what each computes, from which layers, with which numbers.
struct ExploredLayers {
  /// In the order in which they are computed; layers inside a block stand before it.
  private(set) var rows: [Row] = []

  struct Row {
    var node: LayerNode
    /// Rows whose values it takes; −1 is the picture. A gate's are its input and its factors.
    var from: [Int]
    var depth: Int
  }

  init(_ network: Network) { _ = add(network.nodes, from: -1, depth: 0) }

  /// - Returns: the row that holds the values after the last of them.
  private mutating func add(_ nodes: [LayerNode], from input: Int, depth: Int) -> Int {
    var last = input
    // Outside of training it lets everything pass.
    for node in nodes where !(node.layer is Dropout || node.layer is DropPath) {
      var from = [last]
      if !node.branches.isEmpty {
        from = node.branches.map { add($0, from: last, depth: depth + 1) }
        if node.layer is Gate { from.insert(last, at: 0) }
      }
      rows.append(Row(node: node, from: from, depth: depth))
      last = rows.count - 1
    }
    return last
  }
}

extension ExploredLayers.Row {
  /// As the page's scripts read it.
  ///
  /// - Parameter numbers: writes the values of a tensor, whose innermost axis is that long.
  func json(_ weights: Weights, numbers: (ArraySlice<Float>, Int) -> JSON) -> JSON {
    let (layer, output) = (node.layer, node.output)
    var members: [(String, JSON)] = [
      ("name", .string(node.name)), ("title", .string(layer.title)),
      ("depth", .integer(depth)), ("from", .array(from.map(JSON.integer))),
      ("shape", .array([output.height, output.width, output.channels].map(JSON.integer))),
      ("flat", .bool(output.isFlat)),
      ("parameters", .integer(node.slots.reduce(0) { $0 + $1.shape.count })),
      (
        "explanation",
        .array(layer.explanation(for: node.input, output: output).map(JSON.string))
      ),
    ]
    if let activation = layer.activation {
      members.append(("activation", .string(activation.title)))
    }
    func tensors() {
      for slot in node.slots {
        members.append(
          (slot.shape.suffix, numbers(weights.values(of: slot), slot.shape.memory.last ?? 1)))
      }
    }
    switch layer {
    case let layer as Conv2D:
      members += [
        ("kind", "conv"), ("window", Self.json(layer.window, node.input)),
        ("groups", .integer(layer.groups)),
      ]
      tensors()
    case let layer as Depthwise:
      members += [
        ("kind", "conv"), ("window", Self.json(layer.window, node.input)),
        ("groups", .integer(node.input.channels)),
      ]
      tensors()
    case is Dense:
      members.append(("kind", "dense"))
      tensors()
    case let layer as BatchNorm:
      members += [("kind", "norm"), ("epsilon", .number(Double(layer.epsilon)))]
      tensors()
    case let layer as any Pooling:
      let kind = layer is MaxPool ? "maximum" : layer is MinPool ? "minimum" : "average"
      members += [
        ("kind", "pool"), ("pool", .string(kind)),
        ("window", Self.json(layer.window, node.input)),
      ]
    case is GlobalAveragePool: members += [("kind", "global"), ("pool", "average")]
    case is GlobalMaxPool: members += [("kind", "global"), ("pool", "maximum")]
    case is Flatten: members.append(("kind", "flatten"))
    case is Residual: members.append(("kind", "sum"))
    case is Gate: members.append(("kind", "product"))
    case let layer as Scale:
      members += [("kind", "scale"), ("factor", .number(Double(layer.factor)))]
    case is any Activation: members.append(("kind", "activation"))
    default: members.append(("kind", "other"))
    }
    return .object(members)
  }

  /// Whether the page can work out its values from those of the layers before: what is not multiplied by many
  /// weights.
  var isDerivable: Bool {
    switch node.layer {
    case is Flatten, is ReLU, is Gate, is Scale: true
    case is BatchNorm, is Residual:
      node.layer.activation.map { $0 is ReLU } ?? true
    default: false
    }
  }

  private static func json(_ window: Window, _ input: FeatureShape) -> JSON {
    [
      "size": [.integer(window.height), .integer(window.width)],
      "stride": [.integer(window.strideY), .integer(window.strideX)],
      "dilation": [.integer(window.dilationY), .integer(window.dilationX)],
      "before": [
        .integer(window.paddingY(input.height).before),
        .integer(window.paddingX(input.width).before),
      ],
    ]
  }
}
