import Raster

/// Reads arrays of NumPy: height × width, or height × width × channels, of 8 or 16 bits, of floats or of truths. Whole
/// numbers with a sign, or of more bits, come out as floats. More than four channels are gray pictures, one
/// behind the other. These, and arrays in the order of Fortran, are read whole.
final class NPYReader: FormatReader {
  private let source: SourceHandle
  private let header: NPYHeader
  private let damage: DamagePolicy
  let format: PictureFormat
  let metadata = Metadata()
  private(set) var warnings: [String] = []
  private(set) var isDamaged = false
  private(set) var others: [String] = []
  /// Rows still to come.
  private var rowsLeft: Int
  /// A row of the file, where its numbers have other bits.
  private var stored: [UInt8] = []
  /// All numbers of the file, where those of a row do not stand side by side.
  private var array: [UInt8]?
  /// The channel that is read, where each is a picture.
  private var channel: Int
  let series: PictureSeries?
  let memory: Int

  /// - Parameters:
  ///   - page: which of more than four channels (≥ 1).
  ///   - all: whether all of them are to be read.
  init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, page: Int? = nil,
    all: Bool = false
  ) throws(CodecError) {
    self.source = source
    self.damage = damage
    header = try Self.header(source)
    let pictures = header.hasManyChannels ? header.channels : 1
    if let page, page > pictures { throw .noSuchPage(page, of: pictures) }
    channel = (page ?? 1) - 1
    series = all && pictures > 1 ? PictureSeries(count: pictures, areChannels: true) : nil
    try limits.check(width: header.width, height: header.height)
    format = PictureFormat(
      width: header.width, height: header.height, color: header.color, sample: header.sample)
    rowsLeft = header.height
    if header.stored != nil {
      stored = [UInt8](repeating: 0, count: format.samplesPerRow * header.numberBytes)
    }
    let isWhole = header.isFortran || header.hasManyChannels
    let bytes = header.width.saturatingProduct(header.channels)
      .saturatingProduct(header.numberBytes).saturatingProduct(header.height)
    let most = Int(limits.forC(fileSize: source.size).decoder_bytes)
    if isWhole, bytes > most { throw .decoderTooLarge(.npy, bytes: bytes, limit: most) }
    memory = isWhole ? bytes : 0
    if header.hasManyChannels, header.height <= 4 {
      warnings = [
        "the shape \(header.shapeText) is taken for (height, width, channels); numpy.moveaxis(a, 0, -1) "
          + "puts channels that come first last"
      ]
    }
    if header.hasManyChannels, page == nil, !all {
      others = ["\(header.channels - 1) further channels"]
    }
  }

  private static func header(_ source: SourceHandle) throws(CodecError) -> NPYHeader {
    let place = "in its header"
    let head = try source.bytes(8, of: .npy, place)
    guard (1...3).contains(head[6]) else {
      throw .unsupported(.npy, "version \(head[6]).\(head[7]) of the format")
    }
    let count = try source.bytes(head[6] == 1 ? 2 : 4, of: .npy, place).reversed()
      .reduce(0) { $0 << 8 | Int($1) }
    // NumPy itself reads no more than 10,000 unless told to.
    guard count <= 65536 else { throw .damaged(.npy, "a header of \(count) bytes") }
    return try NPYHeader(try source.bytes(count, of: .npy, place))
  }

  var encoding: Encoding {
    .npy(NPYEncoding(hasChannelAxis: header.shape.count == 3 && header.shape[2] == 1))
  }

  func advance() throws(CodecError) -> Bool {
    guard channel + 1 < header.channels else { return false }
    channel += 1
    rowsLeft = header.height
    return true
  }

  func read(into band: RowBand) throws(CodecError) {
    if memory > 0, array == nil { try readArray() }
    for y in band.rows {
      let row = UnsafeMutableRawBufferPointer(start: band.row(y), count: format.bytesPerRow)
      if isDamaged, array == nil {
        format.fillGray(row)
        continue
      }
      guard try take(row, at: y) else {
        guard damage == .tolerate else { throw .truncated(.npy, "within the picture's samples") }
        isDamaged = true
        warnings.append("the file ends within the picture; the rest is gray")
        format.fillGray(row)
        continue
      }
      if header.isTruth { for index in row.indices { row[index] = row[index] == 0 ? 0 : 255 } }
      if stored.isEmpty { orderBytes(row, of: header.sample, isBigEndian: header.isBigEndian) }
    }
    rowsLeft -= band.count
    if rowsLeft == 0, !isDamaged, series == nil || channel == header.channels - 1 {
      var rest = SourceBytes(source, .npy)
      if try rest.holdsMore() { others.append("data behind the picture") }
    }
  }

  /// Reads a row; false where the file ends within it.
  private func take(_ row: UnsafeMutableRawBufferPointer, at y: Int) throws(CodecError) -> Bool {
    guard let number = header.stored else { return try fill(row, at: y) }
    var failure: CodecError?
    let isThere = stored.withUnsafeMutableBytes { buffer in
      do throws(CodecError) { return try fill(buffer, at: y) } catch { failure = error }
      return false
    }
    if let failure { throw failure }
    guard isThere else { return false }
    let samples = row.bindMemory(to: Float.self)
    let isRounded = stored.withUnsafeBytes {
      number.floats($0, isBigEndian: header.isBigEndian, into: samples)
    }
    if isRounded, !warnings.contains(number.rounding) { warnings.append(number.rounding) }
    return true
  }

  /// Brings row `y` of the file, as it stands there; false where the file ends within it.
  private func fill(_ row: UnsafeMutableRawBufferPointer, at y: Int) throws(CodecError) -> Bool {
    guard let array else { return try source.read(into: row) == row.count }
    let (size, channels) = (header.numberBytes, header.color.channels)
    // How far apart neighbours along an axis stand.
    let (down, across, deep) =
      header.isFortran
      ? (1, header.height, header.height * header.width)
      : (header.width * header.channels, header.channels, 1)
    // Safety: `array` holds height × width × channels numbers, a row width × those of a picture.
    array.withUnsafeBytes { array in
      for x in 0..<header.width {
        for c in 0..<channels {
          let from = (y * down + x * across + (channel + c) * deep) * size
          let to = (x * channels + c) * size
          for byte in 0..<size { row[to + byte] = array[from + byte] }
        }
      }
    }
    return true
  }

  private func readArray() throws(CodecError) {
    var bytes = [UInt8](repeating: 0, count: memory)
    var failure: CodecError?
    let count = bytes.withUnsafeMutableBytes { buffer in
      do throws(CodecError) { return try source.read(into: buffer) } catch { failure = error }
      return 0
    }
    if let failure { throw failure }
    if count < bytes.count {
      guard damage == .tolerate else { throw .truncated(.npy, "within the picture's samples") }
      isDamaged = true
      warnings.append("the file ends within the picture; the rest is zero")
    }
    array = bytes
  }
}
