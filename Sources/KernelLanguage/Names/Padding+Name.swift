import ConvEngine

extension Padding {
  /// The padding of that name, with every other program's name for it; nil for an unknown one.
  ///
  /// `reflect` repeats the edge sample (SciPy's `reflect`, NumPy's `symmetric`), `reflect101` does
  /// not (OpenCV's default, SciPy's `mirror`, NumPy's `reflect`).
  public init?(name: String) {
    if name.lowercased().hasPrefix("constant:") {
      let texts = name.dropFirst("constant:".count)
        .split(separator: ",", omittingEmptySubsequences: false)
      let values = texts.compactMap { decimal($0) }.filter { abs($0) <= largestWeight }
      guard values.count == texts.count, [1, 3, 4].contains(values.count) else { return nil }
      self = values.count == 1 ? .constant(values[0]) : .color(values)
      return
    }
    switch String(decoding: NamedKernel.plain(name), as: UTF8.self) {
    case "zero", "zeros", "same": self = .zero
    case "replicate", "edge", "nearest", "copy": self = .replicate
    case "reflect", "symmetric": self = .reflect
    case "reflect101", "mirror": self = .reflect101
    case "wrap", "tile", "repeat": self = .wrap
    case "valid", "none": self = .valid
    case "truncate": self = .truncate
    default: return nil
    }
  }

  /// The names, for messages.
  public static let names =
    "zero, constant:V, constant:R,G,B, replicate, reflect, reflect101, wrap, valid, truncate, full or full:NAME"

  /// Its name, as `init(name:)` reads it; levels by channel are named, but not read.
  public var name: String {
    switch self {
    case .zero: "zero"
    case .constant(let value): "constant:\(shortest(value))"
    case .color(let values): "constant:" + values.map { shortest($0) }.joined(separator: ",")
    case .levels(let values): "the levels " + values.map { shortest($0) }.joined(separator: ", ")
    case .replicate: "replicate"
    case .reflect: "reflect"
    case .reflect101: "reflect101"
    case .wrap: "wrap"
    case .valid: "valid"
    case .truncate: "truncate"
    }
  }
}
