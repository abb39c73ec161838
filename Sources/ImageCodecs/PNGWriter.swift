import CImageCodecs
import Raster
import Synchronization

/// Writes PNG: rows are filtered and deflated in `encode`, on as many threads as call it.
///
/// An interlaced input is written without interlacing: that would need the whole picture in memory,
/// for a larger file.
final class PNGWriter: FormatWriter {
  private let layout: codec_png_layout
  private let sink: SinkHandle
  private let pointer: OpaquePointer
  private let memory: PNGMemory
  private let metadata: Metadata

  /// A band as an IDAT chunk.
  private final class DeflatedBand: EncodedBand, @unchecked Sendable {
    // Safety: written once, by `encode`, before it is handed on.
    var part: codec_png_part
    private let memory: PNGMemory

    init(_ memory: PNGMemory) {
      self.memory = memory
      part = memory.takePart()
    }

    deinit { memory.giveBack(part) }
  }

  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    palette: [UInt8] = [], key: [UInt16] = [], isDraft: Bool = false
  ) throws(CodecError) {
    precondition((0...9).contains(options.pngLevel), "a level lies between 0 and 9")
    var depth = format.sample.byteCount * 8
    if let wanted = options.pngDepth, format.color == .gray, format.sample == .uint8 {
      precondition([1, 2, 4, 8].contains(wanted), "PNG has 1, 2, 4 and 8 bits")
      depth = wanted
    }
    let layout = codec_png_layout(
      width: UInt32(format.width), height: UInt32(format.height), depth: Int32(depth),
      channels: Int32(format.color.channels), level: Int32(options.pngLevel),
      draft: isDraft ? 1 : 0)
    pointer = try Self.open(layout, sink, metadata, palette: palette, key: key)
    self.layout = layout
    self.sink = sink
    self.metadata = metadata
    memory = PNGMemory(layout)
  }

  deinit { codec_png_writer_close(pointer) }

  /// Writes all that stands before the rows.
  ///
  /// - Returns: what `codec_png_writer_close` frees.
  static func open(
    _ layout: codec_png_layout, _ sink: SinkHandle, _ metadata: Metadata, palette: [UInt8],
    key: [UInt16]
  ) throws(CodecError) -> OpaquePointer {
    var layout = layout
    var result = codec_result()
    let colors = palette.isEmpty && layout.channels <= 2 ? 1 : 3
    let bits = palette.isEmpty ? Int(layout.depth) : 8
    let pointer = metadata.withPNG(colors: colors, bits: bits) { metadata in
      palette.withUnsafeBufferPointer { palette in
        var metadata = metadata
        // Safety: the palette outlives the call.
        metadata.palette = palette.isEmpty ? nil : palette.baseAddress
        metadata.palette_count = Int32(palette.count / 4)
        if let first = key.first, let last = key.last {
          metadata.key = (first, key[key.count / 2], last)
          metadata.key_count = Int32(key.count)
        }
        return codec_png_writer_open(sink.pointer, &layout, &metadata, &result)
      }
    }
    guard let pointer else { throw CodecError(result, .png) }
    return pointer
  }

  /// Rows of context and of a band, before there is a writer.
  static func rows(
    _ format: PictureFormat, _ options: WritingOptions
  ) -> (contextRows: Int, bandRows: Int) {
    var layout = codec_png_layout(
      width: UInt32(format.width), height: UInt32(format.height),
      depth: Int32(format.sample.byteCount * 8), channels: Int32(format.color.channels),
      level: Int32(options.pngLevel), draft: 0)
    return (codec_png_context_rows(&layout), codec_png_band_rows(&layout))
  }

  /// A writer that leaves out what the rows do without: at level 9 all of it, else what the input did without.
  static func narrow(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    _ encoding: Encoding?
  ) throws(CodecError) -> any FormatWriter {
    func open(_ picture: NarrowPicture?, _ sink: SinkHandle) throws(CodecError) -> any FormatWriter
    {
      guard let picture else { return try PNGWriter(format, sink, options, metadata) }
      var options = options
      if let depth = picture.depth { options.pngDepth = depth }
      // Without libdeflate there are no drafts of level 9.
      if picture.isDraft, codec_deflate_is_there() == 0 { options.pngLevel = 6 }
      return try PNGWriter(
        picture.format, sink, options, metadata, palette: picture.palette, key: picture.key,
        isDraft: picture.isDraft)
    }
    let rows = rows(format, options)
    let layout: (contextRows: Int, bandRows: Int?) = (rows.contextRows, rows.bandRows)
    if SurveyedRows.arePossible(format, options) {
      return NarrowWriter(
        format, sink, SurveyedRows(format, metadata, encoding), layout: layout, open: open)
    }
    if let rows = KeyedRows(encoding, format, options) {
      return NarrowWriter(format, sink, rows, layout: layout, open: open)
    }
    if let numbers = ColorNumbers(encoding?.fewColors, format, options) {
      return NarrowWriter(format, sink, NumberedRows(format, numbers), layout: layout, open: open)
    }
    return try open(nil, sink)
  }

  var contextRows: Int { withUnsafePointer(to: layout) { codec_png_context_rows($0) } }
  var bandRows: Int? { withUnsafePointer(to: layout) { codec_png_band_rows($0) } }

  var warnings: [String] {
    lines(codec_png_writer_warnings(pointer)).map { "libpng on what is said of the picture: \($0)" }
  }

  func encode(_ rows: RowWindow, first: Int) throws(CodecError) -> any EncodedBand {
    let context = first - rows.firstRow
    precondition(
      context == min(first, contextRows), "the compressor is primed with what precedes")
    let pointers: [UnsafePointer<UInt8>?] = rows.rows.map {
      rows.row($0).assumingMemoryBound(to: UInt8.self)
    }
    let scratch = try memory.takeScratch()
    defer { memory.giveBack(scratch) }
    let part = DeflatedBand(memory)
    // Safety: each pointer is the first of `format.bytesPerRow` bytes.
    try call(.png) { result in
      withUnsafePointer(to: layout) { layout in
        codec_png_encode(
          layout, scratch, pointers, context, pointers.count - context, &part.part, &result)
      }
    }
    return part
  }

  func append(_ band: any EncodedBand) throws(CodecError) {
    guard let band = band as? DeflatedBand else { preconditionFailure("a band of another sink") }
    try call(.png) { codec_png_writer_append(pointer, &band.part, &$0) }
  }

  func finish(late: Metadata?) throws(CodecError) {
    try call(.png) { codec_png_writer_end_rows(pointer, &$0) }
    for part in late.map({ metadata.chunksBehindRows($0) }) ?? [] {
      var chunk = codec_png_chunk()
      withUnsafeMutableBytes(of: &chunk.name) { $0.copyBytes(from: part.name.utf8.prefix(4)) }
      var result = codec_result()
      let code = part.bytes.withUnsafeBufferPointer { bytes in
        // Safety: the bytes outlive the call.
        chunk.bytes = bytes.baseAddress
        chunk.count = bytes.count
        return codec_png_writer_chunk(pointer, &chunk, &result)
      }
      if code != Int32(CODEC_OK.rawValue) { throw CodecError(result, .png) }
    }
    try call(.png) { codec_png_writer_finish(pointer, &$0) }
  }
}

/// Memory that bands being encoded pass on to one another: fresh pages for each band would take a
/// fifth of the time.
private final class PNGMemory: Sendable {
  private struct Free: @unchecked Sendable {
    // Safety: whoever takes an entry is its only owner until it gives it back.
    var scratches: [OpaquePointer] = []
    var parts: [codec_png_part] = []
  }

  private let layout: codec_png_layout
  private let free = Mutex(Free())

  init(_ layout: codec_png_layout) { self.layout = layout }

  deinit {
    free.withLock { free in
      for scratch in free.scratches { codec_png_scratch_close(scratch) }
      for index in free.parts.indices { codec_png_part_free(&free.parts[index]) }
    }
  }

  func takeScratch() throws(CodecError) -> OpaquePointer {
    let kept = free.withLock { Taken(pointer: $0.scratches.popLast()) }
    if let scratch = kept.pointer { return scratch }
    let fresh = withUnsafePointer(to: layout) { codec_png_scratch_open($0) }
    guard let fresh else { throw .outOfMemory }
    return fresh
  }

  private struct Taken: @unchecked Sendable { var pointer: OpaquePointer? }

  func giveBack(_ scratch: OpaquePointer) {
    let given = Taken(pointer: scratch)
    free.withLock { $0.scratches.append(given.pointer!) }
  }

  private struct TakenPart: @unchecked Sendable { var part: codec_png_part }

  func takePart() -> codec_png_part {
    free.withLock { TakenPart(part: $0.parts.popLast() ?? codec_png_part()) }.part
  }

  func giveBack(_ part: codec_png_part) {
    let given = TakenPart(part: part)
    free.withLock { $0.parts.append(given.part) }
  }
}
