import Text

/// A model as a module of PyTorch: a Python file whose names are those of the model's tensors, so that
/// the model file is its state.
public struct PyTorchSource {
  private let model: Model
  private var modules: [String] = []
  private var lines: [String] = []
  private var count = 0

  /// The text of the file.
  ///
  /// - Parameter weights: the name of the model file.
  /// - Throws: `notExportable` for a layer that is not known to have a counterpart.
  public static func text(_ model: Model, weights: String) throws(NetworkError) -> String {
    var source = PyTorchSource(model: model)
    return try source.text(weights: weights)
  }

  private init(model: Model) { self.model = model }

  private mutating func text(weights: String) throws(NetworkError) -> String {
    let input = model.network.input
    if input.isFlat { throw .notExportable("a network whose input is no picture") }
    try add(model.network.nodes, "x")
    let normalization = model.normalization
    func list(_ values: [Float]) -> String {
      "[" + values.map { "\($0)" }.joined(separator: ", ") + "]"
    }
    let names = JSON.array(model.classNames.map { .string($0) }).compact
    return """
      # \(input.height)x\(input.width)x\(input.channels) pictures to \(model.classNames.count) classes. Made by convfilter export.
      import torch
      import torch.nn.functional as F
      from torch import nn

      CLASSES = \(names)
      SHAPE = (\(input.height), \(input.width), \(input.channels))


      class Network(nn.Module):
          def __init__(self):
              super().__init__()
              self.register_buffer(
                  "scale", torch.tensor(\(list(normalization.scale))).reshape(1, -1, 1, 1), persistent=False)
              self.register_buffer(
                  "shift", torch.tensor(\(list(normalization.shift))).reshape(1, -1, 1, 1), persistent=False)
      \(modules.map { "        " + $0 }.joined(separator: "\n"))

          def forward(self, images):
              \"\"\"Logits of images [batch, height, width, channels] with levels of 0...255.\"\"\"
              return self.logits(self.normalized(images))

          def normalized(self, images):
              return images.permute(0, 3, 1, 2).float() * self.scale + self.shift

          def logits(self, x):
      \(lines.map { "        " + $0 }.joined(separator: "\n"))
              return x


      def load(path=\(JSON.string(weights).compact)):
          \"\"\"The network with the weights of a model file, ready for inference.\"\"\"
          from safetensors.torch import load_file

          network = Network()
          missing, unexpected = network.load_state_dict(load_file(path), strict=False)
          missing = [name for name in missing if not name.endswith("num_batches_tracked")]
          if missing or unexpected:
              raise ValueError(f"{path}: missing {missing}, unexpected {unexpected}")
          return network.eval()

      """
  }

  /// Adds nodes that change the variable.
  private mutating func add(_ nodes: [LayerNode], _ x: String) throws(NetworkError) {
    for node in nodes {
      try add(node, x)
      if let activation = node.layer.activation {
        lines.append("\(x) = \(try Self.call(activation, x, node.name))")
      }
    }
  }

  private mutating func add(_ node: LayerNode, _ x: String) throws(NetworkError) {
    let hasBias = node.slots.contains { $0.shape.suffix == "bias" } ? "True" : "False"
    func convolution(_ window: Window, filters: Int, groups: Int) {
      let even = Self.evenPadding(window, node.input)
      let padding = even.map { ", padding=(\($0.0), \($0.1))" } ?? ""
      modules.append(
        "self.\(node.name) = nn.Conv2d(\(node.input.channels), \(filters), "
          + "(\(window.height), \(window.width)), stride=(\(window.strideY), \(window.strideX)), "
          + "dilation=(\(window.dilationY), \(window.dilationX))\(padding), groups=\(groups), "
          + "bias=\(hasBias))"
      )
      let padded = even == nil ? Self.padded(x, window, node.input, with: "0.0") : x
      lines.append("\(x) = self.\(node.name)(\(padded))")
    }
    func pool(_ function: String, _ window: Window, _ value: String) -> String {
      "F.\(function)(\(value), (\(window.height), \(window.width)), "
        + "(\(window.strideY), \(window.strideX))"
        + (function == "avg_pool2d" ? ", divisor_override=1)" : ")")
    }
    switch node.layer {
    case let layer as Conv2D:
      convolution(layer.window, filters: layer.filters, groups: layer.groups)
    case let layer as Depthwise:
      convolution(layer.window, filters: node.input.channels, groups: node.input.channels)
    case let layer as Dense:
      modules.append(
        "self.\(node.name) = nn.Linear(\(node.input.count), \(layer.outputs), bias=\(hasBias))")
      lines.append("\(x) = self.\(node.name)(\(x))")
    case let layer as BatchNorm:
      modules.append(
        "self.\(node.name) = nn.BatchNorm\(node.input.isFlat ? 1 : 2)d("
          + "\(layer.channels(of: node.input)), eps=\(layer.epsilon), momentum=\(layer.momentum))")
      if !layer.hasScale { modules.append("self.\(node.name).weight = None") }
      lines.append("\(x) = self.\(node.name)(\(x))")
    case let layer as MaxPool where Self.halfPadding(layer.window, node.input) != nil:
      let (v, h) = Self.halfPadding(layer.window, node.input)!
      lines.append("\(x) = \(pool("max_pool2d", layer.window, x).dropLast()), (\(v), \(h)))")
    case let layer as MaxPool:
      lines.append(
        "\(x) = "
          + pool(
            "max_pool2d", layer.window, Self.padded(x, layer.window, node.input, with: "-torch.inf")
          ))
    case let layer as MinPool:
      lines.append(
        "\(x) = -"
          + pool(
            "max_pool2d", layer.window,
            Self.padded("-\(x)", layer.window, node.input, with: "-torch.inf")))
    case let layer as AveragePool:
      func sums(_ value: String) -> String {
        pool("avg_pool2d", layer.window, Self.padded(value, layer.window, node.input, with: "0.0"))
      }
      // The mean of the samples that lie inside.
      lines.append("\(x) = \(sums(x)) / \(sums("torch.ones_like(\(x))"))")
    case is GlobalAveragePool: lines.append("\(x) = \(x).mean((2, 3))")
    case is GlobalMaxPool: lines.append("\(x) = \(x).amax((2, 3))")
    case is Flatten: lines.append("\(x) = \(x).flatten(1)")
    case let layer as Scale: lines.append("\(x) = \(x) * \(layer.factor)")
    case let layer as Dropout:
      lines.append("\(x) = F.dropout(\(x), \(layer.probability), self.training)")
    case let layer as DropPath:
      let one = node.input.isFlat ? ":1" : ":1, :1, :1"
      lines.append(
        "\(x) = \(x) * F.dropout(torch.ones_like(\(x)[:, \(one)]), \(layer.probability), self.training)"
      )
    case is Gate:
      count += 1
      let gate = "y\(count)"
      lines.append("\(gate) = \(x)")
      try add(node.branches[0], gate)
      let isSpread = !node.input.isFlat && node.branches[0].last!.output.isFlat
      lines.append("\(x) = \(x) * \(gate)" + (isSpread ? "[:, :, None, None]" : ""))
    case is Residual:
      count += 1
      let shortcut = "y\(count)"
      lines.append("\(shortcut) = \(x)")
      try add(node.branches[0], x)
      try add(node.branches[1], shortcut)
      lines.append("\(x) = \(x) + \(shortcut)")
    case let layer as any Activation:
      lines.append("\(x) = \(try Self.call(layer, x, node.name))")
    default: throw .notExportable(node.name)
    }
  }

  private static func call(
    _ activation: any Activation, _ x: String, _ layer: String
  ) throws(NetworkError) -> String {
    switch activation {
    case is ReLU: "F.relu(\(x))"
    case is ReLU6: "F.relu6(\(x))"
    case let leaky as LeakyReLU: "F.leaky_relu(\(x), \(leaky.leak))"
    case is Sigmoid: "torch.sigmoid(\(x))"
    case is Tanh: "torch.tanh(\(x))"
    case is SiLU: "F.silu(\(x))"
    case is HardSwish: "F.hardswish(\(x))"
    case is HardSigmoid: "F.hardsigmoid(\(x))"
    case is GELU: "F.gelu(\(x))"
    default: throw .notExportable("\(activation.text) of \(layer)")
    }
  }

  /// Rows and columns of padding on each side, where both sides have the same.
  private static func evenPadding(_ window: Window, _ input: FeatureShape) -> (Int, Int)? {
    let (v, h) = (window.paddingY(input.height), window.paddingX(input.width))
    return v.before == v.after && h.before == h.after ? (v.before, h.before) : nil
  }

  /// The same where a pooling of PyTorch takes it: at most half a window.
  private static func halfPadding(_ window: Window, _ input: FeatureShape) -> (Int, Int)? {
    evenPadding(window, input).flatMap {
      $0 <= window.height / 2 && $1 <= window.width / 2 ? ($0, $1) : nil
    }
  }

  private static func padded(
    _ x: String, _ window: Window, _ input: FeatureShape, with value: String
  ) -> String {
    let (v, h) = (window.paddingY(input.height), window.paddingX(input.width))
    if v.before + v.after + h.before + h.after == 0 { return x }
    return "F.pad(\(x), (\(h.before), \(h.after), \(v.before), \(v.after)), value=\(value))"
  }
}
