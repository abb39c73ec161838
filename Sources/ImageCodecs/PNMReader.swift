import Raster

/// Reads PBM, PGM, PPM (plain and raw) and PAM.
///
/// Samples are brought from 0…maximum to the full range of 8 or 16 bits, rounded:
///
///     out = ⌊(value · full + ⌊maximum / 2⌋) / maximum⌋
final class PNMReader: FormatReader {
  private var bytes: SourceBytes
  private var header: PNMHeader
  private let damage: DamagePolicy
  private(set) var format: PictureFormat
  private(set) var metadata = Metadata()
  private(set) var warnings: [String] = []
  private(set) var isDamaged = false
  private(set) var others: [String] = []
  /// Rows still to come.
  private var rowsLeft: Int
  /// A raw row, where it cannot be read in place.
  private var packed: [UInt8] = []

  /// Whether pictures behind this one are to be named.
  private let namesPages: Bool
  /// Whether they follow.
  private let all: Bool
  private let limits: Limits
  private let keepsCMYK: Bool

  /// - Parameters:
  ///   - keepsCMYK: whether inks of 8 bits come out as they are; else as light.
  ///   - page: which of pictures that follow one another (≥ 1); nil for the first, where the others are
  ///     to be named.
  ///   - all: whether the others follow.
  init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, keepsCMYK: Bool,
    page: Int? = nil, all: Bool = false
  ) throws(CodecError) {
    self.all = all
    self.limits = limits
    self.keepsCMYK = keepsCMYK
    bytes = SourceBytes(source, .pnm, "in its header or numbers")
    var header = try PNMHeader(&bytes, limits)
    for number in 1..<max(page ?? 1, 1) {
      try limits.check(width: header.width, height: header.height)
      try header.skipSamples(&bytes)
      guard try bytes.reachesPicture() else { throw .noSuchPage(page ?? 1, of: number) }
      header = try PNMHeader(&bytes, limits)
    }
    try limits.check(width: header.width, height: header.height)
    self.header = header
    self.damage = damage
    namesPages = page == nil
    format = Self.format(header, keepsCMYK)
    rowsLeft = 0
    begin()
  }

  private static func format(_ header: PNMHeader, _ keepsCMYK: Bool) -> PictureFormat {
    let staysInk = keepsCMYK && header.sample == .uint8
    return PictureFormat(
      width: header.width, height: header.height,
      color: header.color == .cmyk && !staysInk ? .rgb : header.color, sample: header.sample)
  }

  /// Makes ready for the rows behind the header.
  private func begin() {
    format = Self.format(header, keepsCMYK)
    metadata.comments = bytes.comments
    if header.color == .cmyk, format.color != .cmyk {
      let warning = metadata.mixInks()
      if !warnings.contains(warning) { warnings.append(warning) }
    }
    rowsLeft = header.height
    packed = []
    if header.variant == 4 { packed = [UInt8](repeating: 0, count: (header.width + 7) / 8) }
    if header.color != format.color {
      packed = [UInt8](repeating: 0, count: header.width * 4 * header.sample.byteCount)
    }
  }

  var series: PictureSeries? { all ? PictureSeries(count: nil) : nil }

  func advance() throws(CodecError) -> Bool {
    precondition(rowsLeft == 0, "a picture is read to its end")
    guard all, !isDamaged else { return false }
    guard try bytes.reachesPicture() else {
      if let rest = try bytes.rest() { others.append(rest) }
      return false
    }
    header = try PNMHeader(&bytes, limits)
    try limits.check(width: header.width, height: header.height)
    begin()
    return true
  }

  var encoding: Encoding {
    .pnm(PNMEncoding(variant: header.variant, maximum: header.maximum))
  }

  func read(into band: RowBand) throws(CodecError) {
    for y in band.rows {
      let row = UnsafeMutableRawBufferPointer(start: band.row(y), count: format.bytesPerRow)
      if isDamaged {
        format.fillGray(row)
        continue
      }
      do throws(CodecError) {
        try read(row)
      } catch {
        guard damage == .tolerate, case .truncated = error else { throw error }
        isDamaged = true
        warnings.append("the file ends within the picture; the rest is gray")
        format.fillGray(row)
      }
    }
    rowsLeft -= band.count
    guard rowsLeft == 0, !isDamaged, !all, let rest = try bytes.rest() else { return }
    if namesPages || rest != SourceBytes.furtherPictures { others.append(rest) }
  }

  private func read(_ row: UnsafeMutableRawBufferPointer) throws(CodecError) {
    if header.isPlain {
      try readPlain(row)
    } else if header.variant == 4 {
      try readBits(row)
    } else if header.color != format.color {
      try readInks(row)
    } else {
      try readRaw(row)
    }
  }

  private func readRaw(_ row: UnsafeMutableRawBufferPointer) throws(CodecError) {
    guard try bytes.read(into: row) == row.count else {
      throw .truncated(.pnm, "within the picture's samples")
    }
    orderBytes(row, of: format.sample, isBigEndian: true)
    if header.maximum != Int(format.sample.maximum) { try scale(row) }
  }

  /// Inks as light: R = (full − C) · (full − K) / full, rounded.
  private func readInks(_ row: UnsafeMutableRawBufferPointer) throws(CodecError) {
    var failure: CodecError?
    let full = Int(format.sample.maximum)
    packed.withUnsafeMutableBytes { inks in
      do throws(CodecError) { try readRaw(inks) } catch { failure = error }
      func ink(_ index: Int) -> Int {
        format.sample == .uint8
          ? Int(inks[index]) : Int(inks.load(fromByteOffset: 2 * index, as: UInt16.self))
      }
      for x in 0..<header.width {
        for color in 0..<3 {
          let light = ((full - ink(4 * x + color)) * (full - ink(4 * x + 3)) + full / 2) / full
          if format.sample == .uint8 {
            row[3 * x + color] = UInt8(light)
          } else {
            row.storeBytes(
              of: UInt16(light), toByteOffset: 2 * (3 * x + color), as: UInt16.self)
          }
        }
      }
    }
    if let failure { throw failure }
  }

  private func readPlain(_ row: UnsafeMutableRawBufferPointer) throws(CodecError) {
    for index in 0..<format.samplesPerRow {
      if header.isBitmap {
        row[index] = try bytes.bit() == 1 ? 0 : 255
      } else if format.sample == .uint8 {
        row[index] = UInt8(try full(try bytes.number()))
      } else {
        row.storeBytes(
          of: UInt16(try full(try bytes.number())), toByteOffset: 2 * index, as: UInt16.self)
      }
    }
  }

  private func readBits(_ row: UnsafeMutableRawBufferPointer) throws(CodecError) {
    var count = 0
    var failure: CodecError?
    packed.withUnsafeMutableBytes { packed in
      do throws(CodecError) {
        count = try bytes.read(into: packed)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    guard count == packed.count else { throw .truncated(.pnm, "within the picture's samples") }
    for x in 0..<header.width {
      row[x] = packed[x >> 3] >> UInt8(7 - x & 7) & 1 == 1 ? 0 : 255
    }
  }

  private func full(_ value: Int) throws(CodecError) -> Int {
    guard value <= header.maximum else {
      throw .damaged(.pnm, "a sample of \(value) exceeds the maximum of \(header.maximum)")
    }
    return (value * Int(format.sample.maximum) + header.maximum / 2) / header.maximum
  }

  private func scale(_ row: UnsafeMutableRawBufferPointer) throws(CodecError) {
    if format.sample == .uint8 {
      for index in row.indices { row[index] = UInt8(try full(Int(row[index]))) }
    } else {
      let samples = row.bindMemory(to: UInt16.self)
      for index in samples.indices { samples[index] = UInt16(try full(Int(samples[index]))) }
    }
  }
}
