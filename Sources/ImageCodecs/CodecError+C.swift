import CImageCodecs
import Libc
import Raster

/// The system's words for an error number.
func systemMessage(_ number: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 160)
  guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

extension CodecError {
  /// The error that a call into C reported.
  init(_ result: codec_result, _ format: FileFormat) {
    let detail = withUnsafeBytes(of: result.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let (value, limit) = (Int(result.value), Int(result.limit))
    switch codec_code(rawValue: codec_code.RawValue(result.code)) {
    case CODEC_READ_FAILED: self = .readFailed(errno: result.system_error)
    case CODEC_WRITE_FAILED: self = .writeFailed(errno: result.system_error)
    case CODEC_TRUNCATED: self = .truncated(format, detail)
    case CODEC_DAMAGED: self = .damaged(format, detail)
    case CODEC_UNSUPPORTED: self = .unsupported(format, detail)
    case CODEC_LIMIT_PIXELS: self = .tooManyPixels(value, limit: limit)
    case CODEC_LIMIT_METADATA: self = .tooMuchMetadata(bytes: value, limit: limit)
    case CODEC_LIMIT_MEMORY: self = .decoderTooLarge(format, bytes: value, limit: limit)
    case CODEC_LIMIT_SCANS: self = .tooManyScans(blocks: value, limit: limit)
    case CODEC_NO_MEMORY: self = .outOfMemory
    case CODEC_REFUSED: self = .refusedByWriter(format, detail)
    case CODEC_NO_LIBRARY: self = .noLibrary(format, detail)
    case CODEC_NO_PAGE: self = .noSuchPage(value, of: limit)
    default: preconditionFailure("a result without an error")
    }
  }
}

/// Calls into C; throws what it reports.
func call(_ format: FileFormat, _ body: (inout codec_result) -> Int32) throws(CodecError) {
  var result = codec_result()
  if body(&result) != Int32(CODEC_OK.rawValue) { throw CodecError(result, format) }
}

/// Reads rows into a band.
func call(
  _ format: FileFormat, _ band: RowBand,
  _ read: (UnsafeMutablePointer<UInt8>, _ pitch: Int, _ count: Int, inout codec_result) -> Int32
) throws(CodecError) {
  // Safety: a band has room for `count` rows.
  let rows = band.base.assumingMemoryBound(to: UInt8.self)
  try call(format) { read(rows, band.pitch, band.count, &$0) }
}
