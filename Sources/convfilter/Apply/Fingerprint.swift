import ImageCodecs
import Raster

/// A number for what a command makes of a picture: the same for the same kernels and options, in every
/// run of the program, and for all practical purposes for no others.
struct Fingerprint: Hashable, Sendable {
  var high: UInt64
  var low: UInt64

  init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

  /// - Parameter values: plain values, compared by all their parts: a kernel file by its numbers.
  init(_ values: [Any]) {
    var text = ""
    for value in values { Self.write(value, to: &text) }
    (high, low) = (0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142)
    for byte in text.utf8 {
      // FNV-1a, and the same with the multiplier of Knuth's generator.
      high = (high ^ UInt64(byte)) &* 0x100_0000_01b3
      low = (low ^ UInt64(byte)) &* 6_364_136_223_846_793_005
    }
  }

  private static func checksum(_ picture: Picture) -> UInt64 {
    var sum: UInt64 = 0xcbf2_9ce4_8422_2325
    for y in 0..<picture.format.height {
      // Safety: a row holds `bytesPerRow` bytes.
      for byte in UnsafeRawBufferPointer(start: picture.row(y), count: picture.format.bytesPerRow) {
        sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3
      }
    }
    return sum
  }

  private static func write(_ value: Any, to text: inout String) {
    // Kernels may hold tens of thousands.
    if let numbers = value as? [Double] {
      for number in numbers { text += "\(number) " }
      text += ";"
      return
    }
    // A mask is what is in it, wherever that lies.
    if let picture = value as? Picture {
      write(picture.format, to: &text)
      text += "\(checksum(picture));"
      return
    }
    let mirror = Mirror(reflecting: value)
    if mirror.children.isEmpty {
      text += "\(value);"
      return
    }
    var parts = mirror.children.map { child in
      var part = child.label ?? ""
      part += "="
      write(child.value, to: &part)
      return part
    }
    // These have no order.
    if mirror.displayStyle == .set || mirror.displayStyle == .dictionary { parts.sort() }
    text += "{" + parts.joined() + "}"
  }
}

extension PictureFilter.Settings {
  /// For all that decides about the bytes of results.
  var fingerprint: Fingerprint {
    var settings = self
    // These decide whether a result is written, not what it is.
    settings.limits = Limits()
    settings.memory = .none
    settings.existing = .replace
    settings.isDryRun = false
    settings.preservesTimes = false
    settings.isStrict = false
    return Fingerprint([settings])
  }
}
