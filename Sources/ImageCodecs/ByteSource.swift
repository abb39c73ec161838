import CImageCodecs

/// Where the bytes of a file come from.
public enum ByteSource: Sendable {
  /// An open file or pipe, read from where it stands; it stays open.
  case descriptor(Int32)
  /// An open pipe of which these bytes (at most 4096) have been read.
  case begun(Int32, [UInt8])
  case bytes([UInt8])
}

/// A byte source in C; closed with its last owner unless it has been handed on.
final class SourceHandle {
  private var pointer: OpaquePointer?
  private let isLent: Bool

  /// A source that a reader in C owns, and that is used no longer than it lives.
  init(lent pointer: OpaquePointer?) {
    self.pointer = pointer
    isLent = true
  }

  init(_ source: ByteSource) throws(CodecError) {
    isLent = false
    switch source {
    case .descriptor(let descriptor): pointer = codec_source_open_descriptor(descriptor)
    case .begun(let descriptor, let bytes):
      precondition(bytes.count <= 4096, "what fits before the rest")
      // Safety: C copies the bytes.
      pointer =
        bytes.isEmpty
        ? codec_source_open_descriptor(descriptor)
        : bytes.withUnsafeBufferPointer {
          codec_source_open_begun(descriptor, $0.baseAddress, $0.count)
        }
    case .bytes(let bytes):
      // Safety: C copies the bytes.
      pointer = bytes.withUnsafeBufferPointer {
        codec_source_open_memory($0.baseAddress, $0.count)
      }
    }
    if pointer == nil { throw .outOfMemory }
  }

  deinit { if !isLent { codec_source_close(pointer) } }

  /// The first bytes, at most `count`, without passing over them.
  func peek(_ count: Int) throws(CodecError) -> [UInt8] {
    var start: UnsafePointer<UInt8>?
    let seen = min(codec_source_peek(pointer, count, &start), count)
    let error = codec_source_error(pointer)
    if error != 0 { throw .readFailed(errno: error) }
    // Safety: `seen` bytes are visible until the next call.
    return Array(UnsafeBufferPointer(start: start, count: seen))
  }

  /// Copies the next bytes; returns how many, fewer than the buffer holds at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CodecError) -> Int {
    // Safety: C writes at most `count` bytes.
    let count = codec_source_read(
      pointer, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), buffer.count)
    let error = codec_source_error(pointer)
    if error != 0 { throw .readFailed(errno: error) }
    return count
  }

  /// Lets `seek` work: a pipe is read into memory, within the decoder's limit.
  func makeSeekable(_ limits: Limits, _ format: FileFormat) throws(CodecError) {
    let limit = limits.forC(fileSize: size).decoder_bytes
    try call(format) { codec_source_make_seekable(pointer, limit, &$0) }
  }

  /// Goes to a byte, counted from the beginning; false where that cannot be done.
  func seek(to offset: Int) -> Bool { codec_source_seek(pointer, Int64(offset)) != 0 }

  /// Size of the file in bytes, or nil where it is not known.
  var size: Int? {
    let size = codec_source_size(pointer)
    return size < 0 ? nil : Int(size)
  }

  /// Hands the source to a reader in C, which closes it.
  func release() -> OpaquePointer {
    defer { pointer = nil }
    return pointer!
  }
}
