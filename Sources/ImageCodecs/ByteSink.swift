import CImageCodecs

/// Where the bytes of a file go.
public enum ByteSink: Sendable {
  /// An open file or pipe, written where it stands; it stays open.
  case descriptor(Int32)
  case memory
}

/// A byte sink in C, with its buffer.
final class SinkHandle {
  let pointer: OpaquePointer

  init(_ sink: ByteSink) throws(CodecError) {
    let pointer =
      switch sink {
      case .descriptor(let descriptor): codec_sink_open_descriptor(descriptor)
      case .memory: codec_sink_open_memory()
      }
    guard let pointer else { throw .outOfMemory }
    self.pointer = pointer
  }

  deinit { codec_sink_close(pointer) }

  func write(_ bytes: UnsafeRawBufferPointer) throws(CodecError) {
    // Safety: C reads `count` bytes.
    try call(.pnm) { result in
      codec_sink_write(
        pointer, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &result)
    }
  }

  func write(_ bytes: [UInt8]) throws(CodecError) {
    var failure: CodecError?
    bytes.withUnsafeBytes { bytes in
      do throws(CodecError) { try write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  func flush() throws(CodecError) { try call(.pnm) { codec_sink_flush(pointer, &$0) } }

  /// Whether bytes at the beginning can be overwritten: not in pipes.
  var canPatch: Bool { codec_sink_can_patch(pointer) != 0 }

  /// Overwrites bytes that must be there and flushed.
  ///
  /// - Parameter offset: where, counted from where the sink was opened.
  func patch(_ bytes: [UInt8], at offset: Int = 0) throws(CodecError) {
    // Safety: C reads `count` bytes.
    try call(.pnm) { codec_sink_patch(pointer, Int64(offset), bytes, bytes.count, &$0) }
  }

  /// Writes what another sink has collected in memory.
  func write(collectedBy other: SinkHandle) throws(CodecError) {
    var count = 0
    let start = codec_sink_bytes(other.pointer, &count)
    // Safety: the other sink owns `count` bytes.
    try write(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// How many bytes were collected in memory.
  var count: Int {
    var count = 0
    _ = codec_sink_bytes(pointer, &count)
    return count
  }

  /// The bytes collected in memory.
  var bytes: [UInt8] {
    var count = 0
    let start = codec_sink_bytes(pointer, &count)
    // Safety: the sink owns `count` bytes.
    return Array(UnsafeBufferPointer(start: start, count: count))
  }
}
