import CImageCodecs

/// Of content credentials (C2PA).
private let signatureTag = 52545
/// Of IPTC.
private let recordsTag = 33723

/// Fields that say how the file holds its pixels, or that have a place of their own in `Metadata`.
private let structure: Set<Int> = {
  let layout: [Int] = [
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284, 288,
    289, 290, 291, 292, 293, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 330, 332, 333,
    334, 336, 337, 338, 339, 340, 341, 342, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529,
    530, 531, 532,
    // Content credentials.
    signatureTag,
  ]
  return Set(layout).union([282, 283, 296, 700, recordsTag, 34377, 34675])
}()

extension Metadata {
  /// What a page of a TIFF file says, as an EXIF block; nil where it says nothing.
  ///
  /// - Parameters:
  ///   - source: seekable.
  ///   - offset: where the directory of the page stands.
  ///   - iptc: gains the records of IPTC.
  ///   - isSigned: becomes true where content credentials stand there, which are left out.
  static func exif(
    inTIFF source: SourceHandle, directory offset: Int, _ limits: Limits, iptc: inout [UInt8]?,
    isSigned: inout Bool
  ) -> [UInt8]? {
    func read(_ offset: Int, _ count: Int) -> [UInt8]? {
      guard count <= limits.metadataBytes, source.seek(to: offset) else { return nil }
      return try? source.bytes(count, of: .tiff, "")
    }
    guard offset > 0, let head = read(0, 8), head[0] == head[1] else { return nil }
    let isLittle = head[0] == UInt8(ascii: "I")
    let isBig = head[isLittle ? 2 : 3] == 43
    var origin = TIFFDirectory.Origin(
      isLittleEndian: isLittle, isBig: isBig, left: limits.metadataBytes, read: read)
    var signed = false
    var directory = TIFFDirectory(&origin, at: offset) { tag in
      signed = signed || tag == signatureTag
      return tag == recordsTag || !structure.contains(tag)
    }
    isSigned = signed
    if let index = directory.fields.firstIndex(where: { $0.tag == recordsTag }) {
      iptc = directory.fields.remove(at: index).records
    }
    return directory.fields.isEmpty && directory.directories.isEmpty ? nil : directory.exif
  }

  /// What libtiff found.
  init(_ tiff: codec_tiff_header, exif: [UInt8]?, iptc: [UInt8]?) {
    self.init()
    self.exif = exif
    colorProfile = tiff.icc.copied.map { ColorProfile(name: "icc", bytes: $0) }
    xmp = tiff.xmp.copied
    photoshop = tiff.photoshop.copied.map { block in
      let resources = PhotoshopResources(block)
      return iptc.map { resources.completed(byIPTC: $0).bytes } ?? block
    }
    photoshop = photoshop ?? iptc.map { PhotoshopResources(iptc: $0).bytes }
    let unit: Density.Unit? = [1: .none, 2: .inch, 3: .centimetre][Int(tiff.density_unit)]
    density = unit.flatMap { Density(tiff.density_x, tiff.density_y, $0) }
  }

  /// The directory of a TIFF file with all that is said, and nothing of how its pixels are stored.
  var tiffDirectory: TIFFDirectory {
    var directory = exif.flatMap { TIFFDirectory(exif: $0) } ?? TIFFDirectory()
    directory.fields.removeAll { field in
      structure.contains(field.tag) && (density != nil || ![282, 283, 296].contains(field.tag))
    }
    if let xmp { directory.fields.append(TIFFDirectory.field(700, xmp, type: 1)) }
    if let photoshop {
      // Most readers look for IPTC in the field of its own only; Photoshop writes both.
      let iptc = PhotoshopResources(photoshop).iptc
      if let iptc { directory.fields.append(TIFFDirectory.field(recordsTag, iptc, type: 7)) }
      if iptc.map({ PhotoshopResources(iptc: $0).bytes }) != photoshop {
        directory.fields.append(TIFFDirectory.field(34377, photoshop, type: 1))
      }
    }
    if let colorProfile {
      directory.fields.append(TIFFDirectory.field(34675, colorProfile.bytes, type: 7))
    }
    directory.fields += densityFields
    return directory
  }

  private var densityFields: [TIFFDirectory.Field] {
    guard let density else { return [] }
    // A metre is a hundred centimetres.
    let parts = density.unit == .metre ? 100 : 1
    return [
      TIFFDirectory.field(282, fraction: (min(max(density.x, 1), 1 << 31), parts)),
      TIFFDirectory.field(283, fraction: (min(max(density.y, 1), 1 << 31), parts)),
      TIFFDirectory.field(
        296, shorts: [density.unit == .none ? 1 : density.unit == .inch ? 2 : 3]),
    ]
  }

  /// Whether EXIF says nothing but which way round the picture is stored, and how dense it is.
  var saysOnlyHowItLies: Bool {
    guard let exif, let directory = TIFFDirectory(exif: exif) else { return false }
    return directory.directories.isEmpty
      && directory.fields.allSatisfy {
        [ExifBlock.Tag.orientation, 282, 283, 296].contains($0.tag)
      }
  }

  /// EXIF that says how dense the picture is, where anything does.
  var exifWithDensity: [UInt8]? {
    guard density != nil else { return exif }
    var directory = TIFFDirectory()
    if let exif {
      guard let known = TIFFDirectory(exif: exif), known[282] == nil else { return exif }
      directory = known
    }
    directory.fields += densityFields
    return directory.exif
  }
}

extension Metadata.Density {
  /// Of two numbers that need not be whole: then it is told for a metre, to the nearest pixel; nil where that is none.
  fileprivate init?(_ x: Double, _ y: Double, _ unit: Unit) {
    guard x > 0, y > 0, x <= 1e6, y <= 1e6 else { return nil }
    self.init(x: Int(x.rounded()), y: Int(y.rounded()), unit: unit)
    if abs(x - x.rounded()) < 1e-4, abs(y - y.rounded()) < 1e-4 { return }
    let metres = unit == .inch ? 0.0254 : 0.01
    if unit != .none {
      self.init(
        x: Int((x / metres).rounded()), y: Int((y / metres).rounded()), unit: .metre)
    }
    if self.x < 1 || self.y < 1 { return nil }
  }
}
