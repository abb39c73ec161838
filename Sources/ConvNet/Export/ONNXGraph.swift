/// A graph of ONNX operators, as it grows: nodes in the order in which they run, and their weights.
///
/// - SeeAlso: github.com/onnx/onnx, onnx.proto; operators of opset 17.
struct ONNXGraph {
  private var nodes: [ProtocolBuffer] = []
  private var tensors: [ProtocolBuffer] = []
  private var count = 0

  enum Attribute {
    case integer(Int)
    case number(Float)
    case integers([Int])
  }

  /// Types of numbers, as ONNX counts them.
  enum Element: Int {
    case float = 1
    case uint8 = 2
    case int64 = 7
  }

  /// - Returns: the name of the output.
  mutating func add(
    _ operation: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [],
    output: String? = nil
  ) -> String {
    count += 1
    let name = output ?? "value\(count)"
    var node = ProtocolBuffer()
    for input in inputs { node.add(1, input) }
    node.add(2, name)
    node.add(3, "\(operation)\(count)")
    node.add(4, operation)
    for (key, value) in attributes {
      var attribute = ProtocolBuffer()
      attribute.add(1, key)
      switch value {
      case .number(let number):
        attribute.add(2, number)
        attribute.add(20, 1)
      case .integer(let integer):
        attribute.add(3, integer)
        attribute.add(20, 2)
      case .integers(let integers):
        for integer in integers { attribute.add(8, integer) }
        attribute.add(20, 7)
      }
      node.add(5, attribute)
    }
    nodes.append(node)
    return name
  }

  /// A tensor that belongs to the file.
  ///
  /// - Returns: its name.
  mutating func add(tensor name: String, shape: [Int], _ values: [Float]) -> String {
    precondition(shape.reduce(1, *) == values.count, "one value a place")
    values.withUnsafeBytes { add(name, shape, .float, $0) }
    return name
  }

  private mutating func add(
    _ name: String, _ shape: [Int], _ element: Element, _ bytes: UnsafeRawBufferPointer
  ) {
    var tensor = ProtocolBuffer()
    for axis in shape { tensor.add(1, axis) }
    tensor.add(2, element.rawValue)
    tensor.add(8, name)
    tensor.add(9, bytes)
    tensors.append(tensor)
  }

  /// A list of whole numbers.
  mutating func constant(integers: [Int64]) -> String {
    count += 1
    integers.withUnsafeBytes { add("constant\(count)", [integers.count], .int64, $0) }
    return "constant\(count)"
  }

  /// A single number.
  mutating func constant(_ value: Float) -> String {
    count += 1
    return add(tensor: "constant\(count)", shape: [], [value])
  }

  /// The file, whole.
  ///
  /// - Parameters:
  ///   - input, output: names, types and shapes; nil is the number of examples.
  func file(
    name: String, input: (name: String, type: Element, shape: [Int?]),
    output: (name: String, type: Element, shape: [Int?]), metadata: [(String, String)]
  ) -> [UInt8] {
    var graph = ProtocolBuffer()
    for node in nodes { graph.add(1, node) }
    graph.add(2, name)
    for tensor in tensors { graph.add(5, tensor) }
    graph.add(11, Self.value(input))
    graph.add(12, Self.value(output))
    var operators = ProtocolBuffer()
    operators.add(1, "")
    operators.add(2, 17)
    var model = ProtocolBuffer()
    model.add(1, 8)
    model.add(2, "convfilter")
    model.add(7, graph)
    model.add(8, operators)
    for (key, value) in metadata {
      var entry = ProtocolBuffer()
      entry.add(1, key)
      entry.add(2, value)
      model.add(14, entry)
    }
    return model.bytes
  }

  private static func value(
    _ value: (name: String, type: Element, shape: [Int?])
  ) -> ProtocolBuffer {
    var shape = ProtocolBuffer()
    for axis in value.shape {
      var dimension = ProtocolBuffer()
      if let axis { dimension.add(1, axis) } else { dimension.add(2, "batch") }
      shape.add(1, dimension)
    }
    var tensor = ProtocolBuffer()
    tensor.add(1, value.type.rawValue)
    tensor.add(2, shape)
    var type = ProtocolBuffer()
    type.add(1, tensor)
    var info = ProtocolBuffer()
    info.add(1, value.name)
    info.add(2, type)
    return info
  }
}
