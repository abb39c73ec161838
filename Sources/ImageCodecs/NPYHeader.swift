import Raster

/// The header of an array of NumPy (numpy.lib.format, versions 1.0 to 3.0).
///
///     \x93NUMPY  major  minor  length  {'descr': '<u2', 'fortran_order': False, 'shape': (4, 6, 3), }
struct NPYHeader: Equatable {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Height and width, and channels where they have an axis of their own.
  var shape: [Int]
  var sample: SampleType
  var isBigEndian = false
  /// Whether samples are 0 or 1, false or true.
  var isTruth = false
  /// What numbers of the file are, where they come out as other floats; nil where they are `sample`.
  var stored: NPYNumber?
  /// Whether columns stand one after the other: the first axis runs fastest, the last slowest.
  var isFortran = false

  init(shape: [Int], sample: SampleType) {
    self.shape = shape
    self.sample = sample
  }

  /// - Parameter text: what stands between the length and the samples.
  init(_ text: [UInt8]) throws(CodecError) {
    var parser = PythonLiteral(text)
    let values = try parser.dictionary()
    guard case .text(let type)? = values["descr"],
      case .truth(let isFortran)? = values["fortran_order"],
      case .numbers(let shape)? = values["shape"], values.count == 3
    else {
      // A list under `descr` is an array of records.
      if values["descr"] == .numbers([]) { throw .unsupported(.npy, "an array of records") }
      throw .damaged(.npy, "its header does not name descr, fortran_order and shape")
    }
    self.shape = shape
    sample = .uint8
    try take(type)
    try checkShape()
    self.isFortran = isFortran && shape.count(where: { $0 > 1 }) > 1
  }

  /// Other names that `numpy.dtype` knows of types.
  private static let names = [
    "?": "b1", "b": "i1", "B": "u1", "h": "i2", "H": "u2", "i": "i4", "I": "u4", "q": "i8",
    "Q": "u8", "e": "f2", "f": "f4", "d": "f8", "bool": "b1", "int8": "i1", "uint8": "u1",
    "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4", "int64": "i8", "uint64": "u8",
    "float16": "f2", "float32": "f4", "float64": "f8",
  ]

  private mutating func take(_ type: String) throws(CodecError) {
    let hasOrder = ["<", ">", "=", "|"].contains(type.first)
    let name = hasOrder ? String(type.dropFirst()) : type
    // Without an order it is that of the machine.
    isBigEndian =
      type.first == ">" || type.first != "<" && UInt16(1).bigEndian == 1
    switch Self.names[name] ?? name {
    case "u1": sample = .uint8
    case "b1": (sample, isTruth) = (.uint8, true)
    case "u2": sample = .uint16
    case "f4": sample = .float32
    default:
      if let number = NPYNumber(rawValue: Self.names[name] ?? name) {
        (sample, stored) = (.float32, number)
        return
      }
      // The signs come from a stranger's file.
      let name = String(
        String.UnicodeScalarView(
          type.unicodeScalars.map { (33...126).contains($0.value) ? $0 : "?" }))
      throw .unsupported(
        .npy, "samples of type \(name.prefix(16)); save a.astype('uint8'), 'uint16' or 'float32'")
    }
  }

  private func checkShape() throws(CodecError) {
    let text = shapeText
    guard shape.count == 2 || shape.count == 3 else {
      let remedy =
        switch shape.count {
        case 0, 1: "; save a.reshape(height, width)"
        case 4: "; save a[0], or another of the first axis"
        default: ""
        }
      throw .unsupported(
        .npy,
        "the shape \(text); a picture is (height, width) or (height, width, channels)\(remedy)")
    }
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw .unsupported(
        .npy, "the shape \(text); a picture has at least a pixel of a channel")
    }
    guard shape.allSatisfy({ $0 < 1 << 31 }) else {
      throw .unsupported(.npy, "the shape \(text); an axis is shorter than 2³¹")
    }
  }

  /// As Python prints it.
  var shapeText: String {
    "(\(shape.map(String.init).joined(separator: ", "))\(shape.count == 1 ? "," : ""))"
  }

  /// Bytes of a number in the file.
  var numberBytes: Int { stored?.byteCount ?? sample.byteCount }

  var height: Int { shape[0] }
  var width: Int { shape[1] }

  var channels: Int { shape.count == 3 ? shape[2] : 1 }

  /// Whether there are more channels than a picture has: each is a gray picture then.
  var hasManyChannels: Bool { channels > 4 }

  var color: ColorModel {
    let colors: [ColorModel] = [.gray, .grayAlpha, .rgb, .rgba]
    return hasManyChannels ? .gray : colors[channels - 1]
  }

  /// The bytes before the samples, as `numpy.save` writes them.
  var bytes: [UInt8] {
    let type = sample == .uint8 ? "|u1" : sample == .uint16 ? "<u2" : "<f4"
    let axes = shape.map(String.init).joined(separator: ", ")
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(axes)), }"
    // The samples begin at a multiple of 64.
    let length = (Self.magic.count + 4 + text.utf8.count + 1 + 63) / 64 * 64 - Self.magic.count - 4
    let padding = [UInt8](repeating: 32, count: length - text.utf8.count - 1)
    return Self.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8) + padding
      + [10]
  }
}

/// The few kinds of Python's literals that stand in a header.
private struct PythonLiteral {
  enum Value: Equatable {
    case text(String)
    case truth(Bool)
    /// Empty also for a list of anything else.
    case numbers([Int])
  }

  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private static let damage = CodecError.damaged(.npy, "its header is no dictionary of Python")

  private mutating func skipSpace() {
    while at < bytes.count, PNMHeader.isSpace(bytes[at]) { at += 1 }
  }

  /// Passes over a sign, where it is the next one.
  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    skipSpace()
    guard at < bytes.count, bytes[at] == UInt8(ascii: sign) else { return false }
    at += 1
    return true
  }

  mutating func dictionary() throws(CodecError) -> [String: Value] {
    var values: [String: Value] = [:]
    guard take("{") else { throw Self.damage }
    while !take("}") {
      let key = try text()
      guard take(":"), values.count < 16 else { throw Self.damage }
      values[key] = try value()
      if !take(",") {
        guard take("}") else { throw Self.damage }
        break
      }
    }
    return values
  }

  private mutating func text() throws(CodecError) -> String {
    skipSpace()
    guard at < bytes.count, bytes[at] == UInt8(ascii: "'") || bytes[at] == UInt8(ascii: "\""),
      let end = bytes[(at + 1)...].firstIndex(of: bytes[at])
    else { throw Self.damage }
    defer { at = end + 1 }
    return String(decoding: bytes[at + 1..<end], as: UTF8.self)
  }

  private mutating func value() throws(CodecError) -> Value {
    skipSpace()
    let rest = bytes[at...]
    for (word, truth) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
      at += word.utf8.count
      return .truth(truth)
    }
    if take("(") { return .numbers(try numbers()) }
    if take("[") {
      guard let end = bytes[at...].lastIndex(of: UInt8(ascii: "]")) else { throw Self.damage }
      at = end + 1
      return .numbers([])
    }
    return .text(try text())
  }

  /// Whole numbers up to the closing parenthesis.
  private mutating func numbers() throws(CodecError) -> [Int] {
    var numbers: [Int] = []
    while !take(")") {
      skipSpace()
      let end = bytes[at...].firstIndex { !(48...57).contains($0) } ?? bytes.count
      guard let number = Int(String(decoding: bytes[at..<end], as: UTF8.self)), numbers.count < 32
      else { throw Self.damage }
      numbers.append(number)
      at = end
      // Python 2 wrote long numbers with an L.
      if at < bytes.count, bytes[at] == UInt8(ascii: "L") { at += 1 }
      if !take(",") {
        guard take(")") else { throw Self.damage }
        break
      }
    }
    return numbers
  }
}
