import CImageCodecs

/// Of content credentials (C2PA).
private let signatureTag = 52545

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
  return Set(layout).union([282, 283, 296, 700, 33723, 34377, 34675])
}()

extension Metadata {
  /// What a page of a TIFF file says, as an EXIF block; nil where it says nothing.
  ///
  /// - Parameters:
  ///   - source: seekable.
  ///   - offset: where the directory of the page stands.
  ///   - isSigned: becomes true where content credentials stand there, which are left out.
  static func exif(
    inTIFF source: SourceHandle, directory offset: Int, _ limits: Limits, isSigned: inout Bool
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
    let directory = TIFFDirectory(&origin, at: offset) { tag in
      signed = signed || tag == signatureTag
      return !structure.contains(tag)
    }
    isSigned = signed
    return directory.fields.isEmpty && directory.directories.isEmpty ? nil : directory.exif
  }

  /// What libtiff found.
  init(_ tiff: codec_tiff_header, exif: [UInt8]?) {
    self.init()
    self.exif = exif
    colorProfile = tiff.icc.copied.map { ColorProfile(name: "icc", bytes: $0) }
    xmp = tiff.xmp.copied
    photoshop =
      tiff.photoshop.copied ?? tiff.iptc.copied.map { PhotoshopResources(iptc: $0).bytes }
    let unit: Density.Unit? = [1: .none, 2: .inch, 3: .centimetre][Int(tiff.density_unit)]
    if let unit, (1...1e6).contains(tiff.density_x), (1...1e6).contains(tiff.density_y) {
      density = Density(
        x: Int(tiff.density_x.rounded()), y: Int(tiff.density_y.rounded()), unit: unit)
    }
  }

  /// The directory of a TIFF file with all that is said, and nothing of how its pixels are stored.
  var tiffDirectory: TIFFDirectory {
    var directory = exif.flatMap { TIFFDirectory(exif: $0) } ?? TIFFDirectory()
    directory.fields.removeAll { field in
      structure.contains(field.tag) && (density != nil || ![282, 283, 296].contains(field.tag))
    }
    if let xmp { directory.fields.append(TIFFDirectory.field(700, xmp, type: 1)) }
    if let photoshop { directory.fields.append(TIFFDirectory.field(34377, photoshop, type: 1)) }
    if let colorProfile {
      directory.fields.append(TIFFDirectory.field(34675, colorProfile.bytes, type: 7))
    }
    directory.fields += densityFields
    return directory
  }

  private var densityFields: [TIFFDirectory.Field] {
    guard let density = density.map({ $0.unit == .metre ? $0.per(.centimetre) : $0 }) else {
      return []
    }
    return [
      TIFFDirectory.field(282, fraction: (min(max(density.x, 1), 1 << 31), 1)),
      TIFFDirectory.field(283, fraction: (min(max(density.y, 1), 1 << 31), 1)),
      TIFFDirectory.field(
        296, shorts: [density.unit == .none ? 1 : density.unit == .inch ? 2 : 3]),
    ]
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
