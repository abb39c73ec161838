import CImageCodecs
import Raster

/// Writes animated PNG: of each frame the part that is other than the one before, laid in its place.
///
/// Frames keep the palette, the colour key, or the few bits of the input as long as they have no other colours: they are
/// held, compressed, until that is known of the last.
///
/// - SeeAlso: Portable Network Graphics, third edition, 11.3.6.
final class APNGWriter: FormatWriter {
  /// A frame, or a picture that is none.
  private struct Frame {
    let columns: Range<Int>
    let rows: Range<Int>
    /// How long it is shown; nil for what is no frame.
    let time: FrameTime?
    /// A zlib stream.
    let data: [UInt8]
  }

  private let format: PictureFormat
  private let sink: SinkHandle
  private let options: WritingOptions
  private let metadata: Metadata
  private let encoding: Encoding?
  /// Nil until the form of all frames is known.
  private var pointer: OpaquePointer?
  private var form: FrameForm
  /// Frames that need less than any may; nil once one does not.
  private var held: [Frame]?
  private var heldBytes = 0
  private var buffer: FrameBuffer
  private var time: FrameTime?
  /// Frames that the header promises, and those that are written.
  private let promised: Int
  private let plays: Int
  private var frames = 0
  private var pictures = 0
  private var sequence = 0
  /// Whether a frame is to be shown for longer than it can be.
  private var isCut = false

  /// - Parameters:
  ///   - encoding: how the input stored the first picture.
  ///   - frames: how many there are, without a first picture that is none.
  ///   - plays: how often they are shown, 0 for ever.
  ///   - time: of the first picture, nil where it is no frame.
  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    _ encoding: Encoding?, frames: Int, plays: Int, _ time: FrameTime?
  ) throws(CodecError) {
    precondition((0...9).contains(options.pngLevel), "a level lies between 0 and 9")
    self.format = format
    self.sink = sink
    self.options = options
    self.metadata = metadata
    self.encoding = encoding
    self.time = time
    self.plays = plays
    promised = frames
    form = FrameForm(format)
    buffer = FrameBuffer(format)
    if FrameForm.rows(encoding, format, options) != nil { held = [] } else { try open() }
  }

  deinit { codec_png_writer_close(pointer) }

  /// Bytes that are held of frames that need less.
  static func memory(
    _ format: PictureFormat, _ options: WritingOptions, _ encoding: Encoding?
  ) -> Int {
    FrameForm.rows(encoding, format, options) == nil
      ? 0 : mostHeld(format).saturatingSum(HeldRows.memory(format).saturatingProduct(2))
  }

  /// Beyond so many bytes, compressed, frames are written as any are.
  private static func mostHeld(_ format: PictureFormat) -> Int {
    max(HeldRows.memory(format).saturatingProduct(4), 16 << 20)
  }

  var bandRows: Int? {
    var layout = form.layout(width: format.width, height: format.height, level: options.pngLevel)
    return codec_png_band_rows(&layout)
  }

  var warnings: [String] {
    let most = "PNG shows a frame for \(FrameTime.longest) s at most: longer times become that"
    let times = isCut ? [most] : []
    guard let pointer else { return times }
    return times
      + lines(codec_png_writer_warnings(pointer)).map {
        "libpng on what is said of the picture: \($0)"
      }
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
    if let time {
      frames += 1
      isCut = isCut || time.numerator / time.denominator > FrameTime.longest
    }
    if held != nil {
      if let frame = try narrowFrame(columns, rows) {
        heldBytes += frame.data.count
        held?.append(frame)
        if heldBytes > Self.mostHeld(format) { try widen() }
        return
      }
      try widen()
    }
    try write(
      Frame(
        columns: columns, rows: rows, time: time,
        data: form.deflate(
          buffer.window(columns, rows), width: columns.count, level: options.pngLevel)))
  }

  func complete() throws(CodecError) {
    guard frames == promised else {
      throw .refusedByWriter(.png, "\(frames) frames where \(promised) were promised")
    }
    if let held {
      try open()
      for frame in held { try write(frame) }
    }
    guard let pointer else { preconditionFailure("a file that has begun") }
    try call(.png) { codec_png_writer_finish(pointer, &$0) }
  }

  private func part(_ columns: Range<Int>, _ rows: Range<Int>) -> PictureFormat {
    var part = format
    (part.width, part.height) = (columns.count, rows.count)
    return part
  }
}

/// Frames that need less than any may.
extension APNGWriter {
  /// The frame as those before it are stored; nil where it has other colours.
  private func narrowFrame(
    _ columns: Range<Int>, _ rows: Range<Int>
  ) throws(CodecError) -> Frame? {
    let part = part(columns, rows)
    guard var narrow = FrameForm.rows(encoding, part, options) else { return nil }
    let window = buffer.window(columns, rows)
    for y in window.rows {
      // Safety: a row holds the pixels of the columns.
      if !narrow.take(window.row(y).assumingMemoryBound(to: UInt8.self)) { return nil }
    }
    guard let picture = narrow.narrow().first else { return nil }
    let form = FrameForm(picture)
    if held?.isEmpty == false, form != self.form { return nil }
    self.form = form
    let target = Picture(picture.format)
    for y in 0..<rows.count {
      // Safety: a row has room for one of the narrow picture.
      picture.fill(y, target.row(y).assumingMemoryBound(to: UInt8.self))
    }
    let pointers = (0..<rows.count).map { UnsafeRawPointer(target.row($0)) }
    let data = try form.deflate(
      RowWindow(firstRow: 0, pointers: pointers), width: columns.count, level: options.pngLevel)
    withExtendedLifetime(target) {}
    return Frame(columns: columns, rows: rows, time: time, data: data)
  }

  /// Begins a file of which frames have any colours, and writes those that are held.
  private func widen() throws(CodecError) {
    let (narrow, frames) = (form, held ?? [])
    held = nil
    form = FrameForm(format)
    try open()
    for frame in frames {
      let file = narrow.file(width: frame.columns.count, height: frame.rows.count, frame.data)
      let reader = try PNGReader(
        SourceHandle(.bytes(file)), Limits(), .refuse, namesFrames: false, looksBehind: false)
      let stored = Picture(reader.format)
      try reader.read(into: stored.band)
      let picture = stored.colored(as: part(frame.columns, frame.rows))
      let window = RowWindow(
        firstRow: 0,
        pointers: frame.rows.indices.map { index in
          UnsafeRawPointer(picture.row(index - frame.rows.lowerBound))
        })
      let data = try form.deflate(
        window, width: frame.columns.count, level: options.pngLevel)
      withExtendedLifetime(picture) {}
      try write(Frame(columns: frame.columns, rows: frame.rows, time: frame.time, data: data))
    }
  }
}

/// The chunks.
extension APNGWriter {
  /// Writes all that stands before the first frame.
  private func open() throws(CodecError) {
    let layout = form.layout(width: format.width, height: format.height, level: options.pngLevel)
    pointer = try PNGWriter.open(layout, sink, metadata, palette: form.palette, key: form.key)
    let most = 0x7fff_ffff
    try write("acTL", APNGFile.bytes(min(promised, most)) + APNGFile.bytes(min(plays, most)))
  }

  private func write(_ name: String, _ content: [UInt8]) throws(CodecError) {
    guard let pointer else { preconditionFailure("a file that has begun") }
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

  private func write(_ frame: Frame) throws(CodecError) {
    if let time = frame.time?.short {
      let numbers = [
        sequence, frame.columns.count, frame.rows.count, frame.columns.lowerBound,
        frame.rows.lowerBound,
      ]
      try write(
        "fcTL",
        numbers.flatMap { APNGFile.bytes($0) } + APNGFile.bytes(time.numerator, 2)
          + APNGFile.bytes(time.denominator, 2) + [0, 0])
      sequence += 1
    }
    if pictures == 0 {
      try write("IDAT", frame.data)
    } else {
      try write("fdAT", APNGFile.bytes(sequence) + frame.data)
      sequence += 1
    }
    pictures += 1
  }
}
