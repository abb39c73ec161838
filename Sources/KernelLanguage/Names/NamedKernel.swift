/// A kernel (or set, pooling or change) that has a name.
public struct NamedKernel: Sendable {
  /// Turns bare words into pairs.
  typealias Words = @Sendable ([String], inout SpecKeys) throws(KernelError) -> Void

  /// Lower case, words joined by `-`.
  public let name: String
  /// Other names, mostly those of other programs; read without regard to case, `-` and `_`.
  public let aliases: [String]
  /// What it is, in a line.
  public let title: String
  /// Paper, book or program that it comes from.
  public let source: String
  public let parameters: [KernelParameter]
  /// The keys that bare numbers after the colon mean, by how many there are: `gaussian:2`,
  /// `gaussian:0x2`.
  let positional: [[String]]
  /// What other programs call keys, and the keys that are meant.
  let keyAliases: [String: String]
  /// What follows the colon in the plainest use, where the name alone says too little.
  public let example: String?
  /// Reads bare words after the colon, where they are more than numbers.
  let words: Words?
  let make: @Sendable (SpecKeys) throws(KernelError) -> Stage.Operation

  init(
    _ name: String, aliases: [String] = [], title: String, source: String,
    parameters: [KernelParameter] = [], positional: [[String]] = [],
    keyAliases: [String: String] = [:], example: String? = nil, words: Words? = nil,
    make: @escaping @Sendable (SpecKeys) throws(KernelError) -> Stage.Operation
  ) {
    self.name = name
    self.aliases = aliases
    self.title = title
    self.source = source
    self.parameters = parameters
    self.positional = positional
    self.keyAliases = keyAliases
    self.example = example
    self.words = words
    self.make = make
  }
}

extension NamedKernel {
  /// The stage with all parameters at their standard values, or as an example has them.
  public func standard() throws(KernelError) -> Stage {
    try KernelSpec.parse(name + (example.map { ":" + $0 } ?? ""))
  }

  /// A name without case, `-`, `_` and blanks.
  static func plain(_ name: String) -> [UInt8] { name.utf8.compactMap(plain) }

  /// Whether `plain(name)` are these bytes; nothing is allocated, for all names are asked.
  static func isPlainly(_ name: String, _ wanted: [UInt8]) -> Bool {
    var place = 0
    for byte in name.utf8 {
      guard let byte = plain(byte) else { continue }
      if place == wanted.count || wanted[place] != byte { return false }
      place += 1
    }
    return place == wanted.count
  }

  private static func plain(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: " "): nil
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
    default: byte
    }
  }
}

extension NamedKernel {
  /// Reads one bare word as the value of a key.
  static func word(_ stage: String, _ key: String) -> Words {
    { words, arguments throws(KernelError) in
      guard words.count == 1 else { throw .surplusValues(kernel: stage, accepted: [key]) }
      try arguments.add(key, words[0])
    }
  }
}
