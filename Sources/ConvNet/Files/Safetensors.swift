import Raster
import Text

/// The safetensors container: a JSON header, then tensors one behind the other.
///
///     u64 little-endian: length of the header
///     {"__metadata__": {name: text}, "tensor": {"dtype": "F32", "shape": […],
///      "data_offsets": [begin, end]}}
///     values, little-endian; the tensors cover the rest of the file without gaps
///
/// - SeeAlso: github.com/huggingface/safetensors, section Format.
package struct Safetensors: Sendable {
  package struct Tensor: Sendable, Equatable {
    package var name: String
    package var shape: [Int]
    package var values: [Float]

    package init(_ name: String, shape: [Int], values: [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  package var metadata: [(name: String, value: String)]
  package var tensors: [Tensor]
  /// Tensors that were of another type in the file, and which: those of floating-point numbers were
  /// converted, the others left out.
  private(set) var converted: [(name: String, type: String)] = []

  /// The longest header that the reference accepts, in bytes.
  static let headerLimit = 100_000_000

  package init(metadata: [(name: String, value: String)], tensors: [Tensor]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  package subscript(metadata name: String) -> String? {
    metadata.first { $0.name == name }?.value
  }

  /// The file, whole.
  package func encoded() -> [UInt8] {
    var members: [(String, JSON)] = []
    if !metadata.isEmpty {
      let texts = metadata.map { ($0.name, JSON.string($0.value)) }
      members.append(("__metadata__", .object(texts)))
    }
    var offset = 0
    for tensor in tensors {
      precondition(tensor.shape.reduce(1, *) == tensor.values.count, "one value a place")
      let end = offset + tensor.values.count * 4
      members.append(
        (
          tensor.name,
          .object([
            ("dtype", .string("F32")), ("shape", .array(tensor.shape.map { .integer($0) })),
            ("data_offsets", .array([.integer(offset), .integer(end)])),
          ])
        ))
      offset = end
    }
    var header = Array(JSON.object(members).compact.utf8)
    // Tensors start at a multiple of 8 bytes.
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes += $0 }
    bytes += header
    for tensor in tensors { tensor.values.withUnsafeBytes { bytes += $0 } }
    return bytes
  }
}

extension Safetensors {
  /// Whether a file with these first bytes (9 at least) may be one; most others and endless devices are not.
  package static func mayBegin(with head: some Collection<UInt8>) -> Bool {
    let length = head.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length >= 2 && length <= UInt64(headerLimit)
      && head.dropFirst(8).first == UInt8(ascii: "{")
  }

  /// Reads a file; every size is checked before anything is allocated by it.
  ///
  /// - Parameter convertsNumbers: whether tensors of other types than F32 are taken too.
  package init(_ bytes: [UInt8], convertsNumbers: Bool = false) throws(NetworkError) {
    guard bytes.count >= 8 else { throw .notSafetensors("it has only \(bytes.count) bytes") }
    let length = (0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
    guard length >= 2, length <= UInt64(Self.headerLimit) else {
      throw .notSafetensors("its first 8 bytes are no length of a header")
    }
    guard length <= UInt64(bytes.count - 8) else {
      if bytes.count > 8, bytes[8] == UInt8(ascii: "{") {
        throw .damaged("the header of \(length) bytes is cut off")
      }
      throw .notSafetensors("its first 8 bytes are no length of a header")
    }
    let start = 8 + Int(length)
    guard bytes[8] == UInt8(ascii: "{") else {
      throw .notSafetensors("its header doesn't start with {")
    }
    guard case .object(let members)? = JSON(bytes[8..<start]) else {
      throw .damaged("the header is no JSON, or names a tensor twice")
    }
    metadata = []
    var entries: [Entry] = []
    for (name, value) in members {
      if name == "__metadata__" {
        guard case .object(let texts) = value else {
          throw .damaged("the metadata are no object")
        }
        for (name, text) in texts {
          guard let value = text.string else {
            throw .damaged("the metadata \(name) are no text")
          }
          metadata.append((name, value))
        }
      } else {
        let entry = try Self.entry(name, value, available: bytes.count - start)
        if entry.type != .f32 {
          guard convertsNumbers else {
            throw .foreign("tensor \(name) is \(entry.type.rawValue), models here are F32")
          }
          converted.append((name, entry.type.rawValue))
        }
        entries.append(entry)
      }
    }
    var end = 0
    for entry in entries.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      if entry.range.lowerBound < end {
        throw .damaged("tensor \(entry.name) overlaps another")
      }
      if entry.range.lowerBound > end { throw .damaged("a gap before tensor \(entry.name)") }
      end = entry.range.upperBound
    }
    if end != bytes.count - start {
      throw .damaged("\(bytes.count - start - end) bytes behind the last tensor")
    }
    tensors = entries.compactMap { entry in
      let range = start + entry.range.lowerBound..<start + entry.range.upperBound
      return entry.type.floats(bytes[range]).map {
        Tensor(entry.name, shape: entry.shape, values: $0)
      }
    }
  }

  private struct Entry {
    let name: String
    let type: TensorType
    let shape: [Int]
    let range: Range<Int>
  }

  private static func entry(
    _ name: String, _ value: JSON, available: Int
  ) throws(NetworkError) -> Entry {
    guard let word = value["dtype"]?.string else { throw .damaged("tensor \(name) has no dtype") }
    guard let type = TensorType(rawValue: word) else {
      throw .foreign("tensor \(name) is \(word), models here are F32")
    }
    guard let shape = value["shape"]?.array?.map(\.integer),
      let offsets = value["data_offsets"]?.array?.map(\.integer), offsets.count == 2,
      let begin = offsets[0], let end = offsets[1],
      shape.allSatisfy({ $0 != nil && $0! >= 0 }), shape.count <= 16
    else { throw .damaged("tensor \(name) has no shape or no offsets") }
    guard begin >= 0, begin <= end, end <= available else {
      throw .damaged("tensor \(name) ends beyond the file: it is cut off")
    }
    var count = 1
    for axis in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: axis!)
      guard !overflow, product <= available else {
        throw .damaged("tensor \(name) is larger than the file")
      }
      count = product
    }
    guard count.saturatingProduct(type.size) == end - begin else {
      throw .damaged(
        "tensor \(name): \(end - begin) bytes for \(count) values of \(type.size) bytes")
    }
    return Entry(name: name, type: type, shape: shape.map { $0! }, range: begin..<end)
  }
}
