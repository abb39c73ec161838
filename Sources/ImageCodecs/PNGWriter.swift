import CImageCodecs
import Raster

/// Writes PNG: rows are filtered and deflated in `encode`, on as many threads as call it.
///
/// An interlaced input is written without interlacing: that would need the whole picture in memory,
/// for a larger file.
final class PNGWriter: FormatWriter {
  private let layout: codec_png_layout
  private let sink: SinkHandle
  private let pointer: OpaquePointer

  /// A band as an IDAT chunk.
  private final class Part: EncodedBand, @unchecked Sendable {
    // Safety: written once, by `encode`, before it is handed on.
    var part = codec_png_part()
    deinit { codec_png_part_free(&part) }
  }

  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata
  ) throws(CodecError) {
    precondition((0...9).contains(options.pngLevel), "a level lies between 0 and 9")
    var depth = format.sample.byteCount * 8
    if let wanted = options.pngDepth, format.color == .gray, format.sample == .uint8 {
      precondition([1, 2, 4, 8].contains(wanted), "PNG has 1, 2, 4 and 8 bits")
      depth = wanted
    }
    var layout = codec_png_layout(
      width: UInt32(format.width), height: UInt32(format.height), depth: Int32(depth),
      channels: Int32(format.color.channels), level: Int32(options.pngLevel))
    var result = codec_result()
    let pointer = metadata.withPNG { metadata in
      withUnsafePointer(to: metadata) {
        codec_png_writer_open(sink.pointer, &layout, $0, &result)
      }
    }
    guard let pointer else { throw CodecError(result, .png) }
    self.layout = layout
    self.sink = sink
    self.pointer = pointer
  }

  deinit { codec_png_writer_close(pointer) }

  var contextRows: Int { withUnsafePointer(to: layout) { codec_png_context_rows($0) } }
  var bandRows: Int? { withUnsafePointer(to: layout) { codec_png_band_rows($0) } }

  func encode(_ rows: RowWindow, first: Int) throws(CodecError) -> any EncodedBand {
    let context = first - rows.firstRow
    precondition(
      context == min(first, contextRows), "the compressor is primed with what precedes")
    let pointers: [UnsafePointer<UInt8>?] = rows.rows.map {
      rows.row($0).assumingMemoryBound(to: UInt8.self)
    }
    let part = Part()
    // Safety: each pointer is the first of `format.bytesPerRow` bytes.
    try call(.png) { result in
      withUnsafePointer(to: layout) { layout in
        codec_png_encode(
          layout, pointers, context, pointers.count - context, &part.part, &result)
      }
    }
    return part
  }

  func append(_ band: any EncodedBand) throws(CodecError) {
    guard let band = band as? Part else { preconditionFailure("a band of another sink") }
    try call(.png) { codec_png_writer_append(pointer, &band.part, &$0) }
  }

  func finish() throws(CodecError) { try call(.png) { codec_png_writer_finish(pointer, &$0) } }
}
