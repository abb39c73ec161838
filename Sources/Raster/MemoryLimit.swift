/// How much memory a piece of work may take, decided before any of it is allocated.
public struct MemoryLimit: Sendable, Hashable {
  /// In bytes (≥ 1).
  public let bytes: Int

  /// - Parameter bytes: at least 1.
  public init(bytes: Int) {
    precondition(bytes >= 1, "a limit leaves some memory")
    self.bytes = bytes
  }

  /// No limit but that of the address space.
  public static let none = MemoryLimit(bytes: .max)

  /// Three quarters of what the machine and its container grant: the system and the pages of files
  /// take the rest.
  public static let preset = MemoryLimit(bytes: max(1, installedMemory() / 4 * 3))

  /// A limit as people write it: `512M`, `1.5G`, `2GiB`, bytes without a unit, or `none`.
  ///
  /// Units are powers of 1024, whatever the case of the letters; nil for anything else.
  public init?(_ text: String) {
    let text = text.lowercased()
    if text == "none" {
      self = .none
      return
    }
    var digits = Substring(text)
    for ending in ["ib", "b"] where digits.hasSuffix(ending) {
      digits = digits.dropLast(ending.count)
      break
    }
    var unit = 1.0
    if let power = digits.last.flatMap({ Self.units.firstIndex(of: $0) }) {
      unit = Double(1 << (10 * (power + 1)))
      digits = digits.dropLast()
    } else if text.hasSuffix("ib") {
      return nil
    }
    guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let number = Double(digits), number.isFinite
    else { return nil }
    let size = (number * unit).rounded(.down)
    guard size >= 1 else { return nil }
    bytes = Int(exactly: size) ?? .max
  }

  private static let units: [Character] = ["k", "m", "g", "t"]

  /// Refuses work that does not fit.
  ///
  /// - Parameters:
  ///   - needed: bytes that the work will take (saturated where no integer holds them).
  ///   - what: what needs them, as the subject of a sentence: "the chain of filters".
  ///   - remedy: what makes it smaller: "use a smaller window".
  public func check(_ needed: Int, for what: String, remedy: String) throws(MemoryError) {
    if needed > bytes {
      throw MemoryError(what: what, needed: needed, limit: bytes, remedy: remedy)
    }
  }
}

extension MemoryLimit: CustomStringConvertible {
  public var description: String { self == .none ? "none" : byteText(bytes) }
}

/// Work that would take more memory than it may.
public struct MemoryError: Error, Equatable, Sendable {
  public let what: String
  /// In bytes.
  public let needed: Int
  public let limit: Int
  public let remedy: String

  public init(what: String, needed: Int, limit: Int, remedy: String) {
    self.what = what
    self.needed = needed
    self.limit = limit
    self.remedy = remedy
  }
}

extension MemoryError: CustomStringConvertible {
  public var description: String {
    // Whole mebibytes, rounded up: the limit that is named is enough.
    let enough = needed / (1 << 20) + 1
    return "\(what) needs \(byteText(needed)) of memory, the limit is \(byteText(limit)); \(remedy)"
      + (needed == .max ? "" : ", or raise the limit with --limit-memory \(enough)M")
  }
}

/// A number of bytes for people: `512 bytes`, `1.5 MiB`.
public func byteText(_ bytes: Int) -> String {
  if bytes == .max { return "more than 8 EiB" }
  var (size, unit) = (Double(bytes), -1)
  while size >= 1024, unit < 4 {
    size /= 1024
    unit += 1
  }
  guard unit >= 0 else { return "\(bytes) byte\(bytes == 1 ? "" : "s")" }
  // Not "1024 MiB" for what is almost a gibibyte.
  if (size * 10).rounded() >= 10240, unit < 4 {
    size = 1
    unit += 1
  }
  let tenths = Int((size * 10).rounded())
  let text =
    tenths % 10 == 0 || tenths >= 1000 ? "\((tenths + 5) / 10)" : "\(tenths / 10).\(tenths % 10)"
  return "\(text) \(["KiB", "MiB", "GiB", "TiB", "PiB"][unit])"
}
