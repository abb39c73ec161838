import CImageCodecs
import Raster

/// Writes animated PNG: of each frame the part that is other than the one before, laid in its place.
///
/// - SeeAlso: Portable Network Graphics, third edition, 11.3.6.
final class APNGWriter: FormatWriter {
  private let layout: codec_png_layout
  private let pointer: OpaquePointer
  private let sink: SinkHandle
  private var buffer: FrameBuffer
  private var time: FrameTime?
  /// Frames that the header promises, and those that are written.
  private let promised: Int
  private var frames = 0
  private var pictures = 0
  private var sequence = 0

  /// - Parameters:
  ///   - frames: how many there are, without a first picture that is none.
  ///   - plays: how often they are shown, 0 for ever.
  ///   - time: of the first picture, nil where it is no frame.
  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    frames: Int, plays: Int, _ time: FrameTime?
  ) throws(CodecError) {
    precondition((0...9).contains(options.pngLevel), "a level lies between 0 and 9")
    let depth = format.sample.byteCount * 8
    var layout = codec_png_layout(
      width: UInt32(format.width), height: UInt32(format.height), depth: Int32(depth),
      channels: Int32(format.color.channels), level: Int32(options.pngLevel), draft: 0)
    var result = codec_result()
    let pointer = metadata.withPNG(colors: format.color.colorChannels, bits: depth) { metadata in
      withUnsafePointer(to: metadata) {
        codec_png_writer_open(sink.pointer, &layout, $0, &result)
      }
    }
    guard let pointer else { throw CodecError(result, .png) }
    self.layout = layout
    self.pointer = pointer
    self.sink = sink
    self.time = time
    promised = frames
    buffer = FrameBuffer(format)
    let most = 0x7fff_ffff
    try write("acTL", APNGFile.bytes(min(frames, most)) + APNGFile.bytes(min(plays, most)))
  }

  deinit { codec_png_writer_close(pointer) }

  var bandRows: Int? { withUnsafePointer(to: layout) { codec_png_band_rows($0) } }

  var warnings: [String] {
    lines(codec_png_writer_warnings(pointer)).map { "libpng on what is said of the picture: \($0)" }
  }

  private func write(_ name: String, _ content: [UInt8]) throws(CodecError) {
    var chunk = codec_png_chunk()
    withUnsafeMutableBytes(of: &chunk.name) { $0.copyBytes(from: name.utf8.prefix(4)) }
    var result = codec_result()
    let code = content.withUnsafeBufferPointer { bytes in
      // Safety: the bytes outlive the call.
      chunk.bytes = bytes.baseAddress
      chunk.count = bytes.count
      return codec_png_writer_chunk(pointer, &chunk, &result)
    }
    if code != Int32(CODEC_OK.rawValue) { throw CodecError(result, .png) }
  }

  func append(_ band: any EncodedBand) throws(CodecError) { buffer.append(band.plainRows) }

  func begin(_ picture: NextPicture) throws(CodecError) {
    guard picture.format == buffer.format else {
      throw .refusedByWriter(.png, "frames of several sizes or kinds")
    }
    // A picture that is no frame is nothing to lay the next on.
    buffer.advance(isCompared: frames > 0)
    time = picture.time
  }

  func finish(late: Metadata?) throws(CodecError) {
    let (columns, rows) = buffer.changes
    if let time { try control(columns, rows, time) }
    var data = try deflate(columns, rows)
    if pictures > 0 {
      data.insert(contentsOf: APNGFile.bytes(sequence), at: 0)
      sequence += 1
    }
    try write(pictures == 0 ? "IDAT" : "fdAT", data)
    pictures += 1
  }

  /// Writes where a frame lies and how long it is shown.
  private func control(
    _ columns: Range<Int>, _ rows: Range<Int>, _ time: FrameTime
  ) throws(CodecError) {
    let time = time.short
    let numbers = [sequence, columns.count, rows.count, columns.lowerBound, rows.lowerBound]
    try write(
      "fcTL",
      numbers.flatMap { APNGFile.bytes($0) } + APNGFile.bytes(time.numerator, 2)
        + APNGFile.bytes(time.denominator, 2) + [0, 0])
    sequence += 1
    frames += 1
  }

  /// A part of the frame as a zlib stream.
  private func deflate(_ columns: Range<Int>, _ rows: Range<Int>) throws(CodecError) -> [UInt8] {
    var part = layout
    (part.width, part.height) = (UInt32(columns.count), UInt32(rows.count))
    let pointers = buffer.window(columns, rows).bytePointers
    guard let scratch = withUnsafePointer(to: part, { codec_png_scratch_open($0) }) else {
      throw .outOfMemory
    }
    defer { codec_png_scratch_close(scratch) }
    let (step, most) = (codec_png_band_rows(&part), codec_png_context_rows(&part))
    var data: [UInt8] = []
    var adler: UInt32 = 1
    var chunk = codec_png_part()
    defer { codec_png_part_free(&chunk) }
    for first in stride(from: 0, to: pointers.count, by: step) {
      let context = min(first, most)
      let count = min(step, pointers.count - first)
      let some = Array(pointers[(first - context)..<first + count])
      // Safety: each pointer is the first of `columns.count` pixels.
      try call(.png) { result in
        codec_png_encode(&part, scratch, some, context, count, &chunk, &result)
      }
      // Without what frames an IDAT chunk.
      data += UnsafeBufferPointer(start: chunk.bytes + 8, count: chunk.count - 12)
      if chunk.is_whole != 0 { return data }
      adler = codec_adler32_combine(adler, chunk.adler, chunk.filtered_count)
    }
    // An empty last block, and the checksum.
    return data + [3, 0] + APNGFile.bytes(Int(adler))
  }

  func complete() throws(CodecError) {
    guard frames == promised else {
      throw .refusedByWriter(.png, "\(frames) frames where \(promised) were promised")
    }
    try call(.png) { codec_png_writer_finish(pointer, &$0) }
  }
}
