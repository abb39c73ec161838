import ImageCodecs
import Libc
import PictureSupport
import Raster
import TestSupport
import Testing

/// Files that are written, as programs see them that are not ours.
@Suite("apply, read by other programs")
struct ForeignReaderTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// The Python that has Pillow; nil, said once, where none has.
  static let python: String? = {
    let chosen = getenv("CONVFILTER_PYTHON").map { String(cString: $0) }
    for name in [chosen, "python3"].compactMap({ $0 }) {
      let result = try? CommandRunner.run(other: name, ["-c", "import PIL.Image"])
      if result?.status == .exited(0) { return name }
    }
    print("skipped: no Pillow (pip install pillow; CONVFILTER_PYTHON names its Python)")
    return nil
  }()

  /// Whether a program is there; said where it is not.
  private static func has(_ program: String, _ arguments: [String], _ package: String) -> Bool {
    // env says 127 where there is no such program.
    let result = try? CommandRunner.run(other: program, arguments)
    if let result, result.status != .exited(127) { return true }
    print("skipped: no \(program) (package \(package))")
    return false
  }

  static let hasPNGToPAM = has("pngtopam", ["-version"], "netpbm")
  static let hasPNGFix = has("pngfix", ["--help"], "libpng-tools")

  /// Pictures whose transparent pixels have a colour of their own, by how PNG stores them.
  private struct Kind {
    let name: String
    let color: ColorModel
    let sample: SampleType
    let encoding: PNGEncoding
    /// Levels of 8 bits.
    let levels: [Int]
  }

  private static func kind(
    _ name: String, _ color: ColorModel, _ sample: SampleType, _ depth: Int, _ key: [UInt16],
    _ levels: [Int]
  ) -> Kind {
    Kind(
      name: name, color: color, sample: sample,
      encoding: PNGEncoding(
        depth: depth, colorType: color == .rgba ? 2 : 0, interlaced: false, key: key),
      levels: levels)
  }

  private static let kinds = [
    kind("gray1", .grayAlpha, .uint8, 1, [1], [0]),
    kind("gray2", .grayAlpha, .uint8, 2, [1], [0, 170, 255]),
    kind("gray4", .grayAlpha, .uint8, 4, [3], [0, 17, 34, 187, 255]),
    kind("gray8", .grayAlpha, .uint8, 8, [200], [0, 1, 2, 99, 254, 255]),
    kind("gray16", .grayAlpha, .uint16, 16, [0x1234], [0, 1, 99, 255]),
    kind("rgb8", .rgba, .uint8, 8, [1, 2, 3], [0, 1, 2, 99, 254, 255]),
    kind("rgb16", .rgba, .uint16, 16, [0x1234, 5, 0xffff], [0, 1, 99, 255]),
  ]

  /// A file with a colour key, and its pixels as RGBA of 16 bits.
  private func make(_ kind: Kind) throws -> (file: [UInt8], seen: [UInt16]) {
    let format = PictureFormat(width: 13, height: 9, color: kind.color, sample: kind.sample)
    let full = Int(kind.sample.maximum)
    let input = kind.encoding
    let key = input.key.map { Int($0) * full / (1 << input.depth - 1) }
    var samples: [Int] = []
    for pixel in 0..<13 * 9 {
      let isSeen = pixel % 3 != 1
      for channel in 0..<key.count {
        let level = kind.levels[(pixel + channel) % kind.levels.count] * full / 255
        samples.append(isSeen ? level : key[channel])
      }
      samples.append(isSeen ? full : 0)
    }
    let picture =
      full == 255
      ? Picture(format, samples: samples.map { UInt8($0) })
      : Picture(format, samples: samples.map { UInt16($0) })
    let wide = samples.map { UInt16($0 * 65535 / full) }
    return (
      try encode(picture, as: .png, keeping: .png(input)), Self.colored(wide, key.count + 1)
    )
  }

  /// Pixels of two or four samples as RGBA.
  private static func colored(_ samples: [UInt16], _ channels: Int) -> [UInt16] {
    var result: [UInt16] = []
    for start in stride(from: 0, to: samples.count, by: channels) {
      for color in 0..<3 { result.append(samples[start + min(color, channels - 2)]) }
      result.append(samples[start + channels - 1])
    }
    return result
  }

  private func write(_ kind: Kind) throws -> [UInt16] {
    let (file, seen) = try make(kind)
    try folder.write(file, to: kind.name + ".png")
    // The chunk that says so.
    #expect(file.indices.contains { file[$0...].starts(with: Array("tRNS".utf8)) }, "\(kind.name)")
    // Through the command as well.
    let result = try CommandRunner.apply(
      "identity", folder(kind.name + ".png"), folder(kind.name + "-out.png"))
    #expect(result.status == .exited(0) && result.errors.isEmpty, "\(result.errors)")
    return seen
  }

  @Test("Pillow sees the colour key of PNG files", .enabled(if: python != nil))
  func pillow() throws {
    let python = try #require(Self.python)
    let script = """
      import sys
      from PIL import Image
      for name in sys.argv[1:]:
          im = Image.open(name)
          if im.mode.startswith('I'):
              # 16 bits: Pillow names the key and keeps the levels.
              key = im.info['transparency']
              print(' '.join(f'{v} {v} {v} {0 if v == key else 65535}' for v in im.getdata()))
          else:
              print(' '.join(str(257 * v) for p in im.convert('RGBA').getdata() for v in p))
      """
    // 16 bits of three colours are eight in Pillow, so that other colours may become the key's; the key of 2 and 4
    // bits it compares with levels of 8.
    for kind in Self.kinds where !["gray2", "gray4", "rgb16"].contains(kind.name) {
      let seen = try write(kind)
      let result = try CommandRunner.run(
        other: python, ["-c", script, folder(kind.name + ".png"), folder(kind.name + "-out.png")])
      #expect(result.status == .exited(0), "\(result.errors)")
      let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
      #expect(lines.count == 2)
      for line in lines {
        #expect(line.split(separator: " ").compactMap { UInt16($0) } == seen, "\(kind.name)")
      }
    }
  }

  @Test("so does libpng, as pngtopam has it", .enabled(if: hasPNGToPAM))
  func pngtopam() throws {
    // Netpbm 11.1 shows the key of RGB as opaque.
    for kind in Self.kinds where kind.color == .grayAlpha {
      let seen = try write(kind)
      for name in [kind.name, kind.name + "-out"] {
        let result = try CommandRunner.run(
          other: "pngtopam", ["-alphapam", folder(name + ".png")])
        #expect(result.status == .exited(0), "\(result.errors)")
        let picture = try decode(result.output)
        let samples: [UInt16] =
          picture.format.sample == .uint16
          ? picture.samples() : picture.samples(as: UInt8.self).map { UInt16($0) * 257 }
        #expect(Self.colored(samples, picture.format.color.channels) == seen, "\(name)")
      }
    }
  }

  @Test("pngfix finds nothing to mend in them", .enabled(if: hasPNGFix))
  func pngfix() throws {
    for kind in Self.kinds {
      _ = try write(kind)
      for name in [kind.name, kind.name + "-out"] {
        let result = try CommandRunner.run(other: "pngfix", [folder(name + ".png")])
        let said = String(decoding: result.output, as: UTF8.self)
        #expect(result.status == .exited(0) && said.hasPrefix("IDAT OK"), "\(said)")
      }
    }
  }
}
