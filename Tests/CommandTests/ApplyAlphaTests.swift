import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

/// Alpha of floats, and where a format has none.
@Suite("apply, alpha of floats")
struct ApplyAlphaTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func write(_ samples: [Float], _ width: Int, _ color: ColorModel, to name: String) throws
  {
    let format = PictureFormat(
      width: width, height: samples.count / width / color.channels, color: color, sample: .float32)
    try folder.write(encode(Picture(format, samples: samples), as: .npy), to: name)
  }

  private func samples(_ name: String) throws -> [Float] {
    try decode(#require(folder.read(name))).samples()
  }

  @Test("PFM lays on white, or on what --background says, as other formats without alpha do")
  func pfm() throws {
    try write([0.5, -2, 3, 0.25, 7, 8, 9, 0, 1, 2, -3, 1], 3, .rgba, to: "in.npy")
    let white = try CommandRunner.apply("identity", folder("in.npy"), folder("white.pfm"))
    #expect(
      white.status == .exited(0)
        && white.errors.contains("PFM holds no alpha: the result is laid on white"),
      "\(white.errors)")
    #expect(try samples("white.pfm") == [0.875, 0.25, 1.5, 1, 1, 1, 1, 2, -3])
    let red = try CommandRunner.apply(
      "identity", "--background", "#f00", folder("in.npy"), folder("red.pfm"))
    #expect(red.status == .exited(0) && red.errors.isEmpty, "\(red.errors)")
    #expect(try samples("red.pfm") == [0.875, -0.5, 0.75, 1, 0, 0, 1, 2, -3])
    try write([4, 0.5], 1, .grayAlpha, to: "gray.npy")
    let gray = try CommandRunner.apply(
      "identity", "--background", "51", folder("gray.npy"), folder("gray.pfm"))
    #expect(gray.status == .exited(0) && gray.errors.isEmpty, "\(gray.errors)")
    #expect(try samples("gray.pfm") == [2.1])
  }

  @Test("alpha beyond 0 to 1 is not cut, and weighs what it is")
  func beyond() throws {
    // A pixel of -0.25 among those of 1.5; sums of 12.0 - 0.25 = 11.75 in the middle.
    var input = [Float](repeating: 0, count: 5 * 5 * 2)
    for pixel in 0..<25 { (input[2 * pixel], input[2 * pixel + 1]) = (2, 1.5) }
    (input[24], input[25]) = (3, -0.25)
    try write(input, 5, .grayAlpha, to: "in.npy")
    for kernel in ["identity", "crop:x=0,y=0,width=5,height=5", "resize:width=5,height=5"] {
      let same = try CommandRunner.apply(kernel, "-f", folder("in.npy"), folder("same.npy"))
      #expect(same.status == .exited(0) && same.errors.isEmpty, "\(same.errors)")
      #expect(try samples("same.npy") == input, "\(kernel)")
    }
    let box = try CommandRunner.apply("box", folder("in.npy"), folder("box.npy"))
    #expect(box.status == .exited(0) && box.errors.isEmpty, "\(box.errors)")
    let middle = try samples("box.npy")[24...25].map { Double($0) }
    #expect(abs(middle[1] - 11.75 / 9) < 1e-6)
    #expect(abs(middle[0] - (12 * 2 - 0.25 * 3) / 11.75) < 1e-6)
    // Sharpening goes beyond the alpha that it finds.
    let sharp = try CommandRunner.apply("sharpen", folder("in.npy"), folder("sharp.npy"))
    #expect(sharp.status == .exited(0))
    #expect(try samples("sharp.npy")[25] == 5 * -0.25 - 4 * 1.5)
  }

  @Test("a window whose alpha is no number gives none")
  func none() throws {
    var input = [Float](repeating: 1, count: 7 * 2)
    input[1] = .nan
    try write(input, 7, .grayAlpha, to: "in.npy")
    let result = try CommandRunner.apply("box", folder("in.npy"), folder("out.npy"))
    #expect(result.status == .exited(0), "\(result.errors)")
    let seen = try samples("out.npy")
    #expect(seen[..<4].allSatisfy(\.isNaN) && seen[4...] == input[4...])
  }

  @Test("--depth asks for levels that PNM did not have; without it they stay")
  func depths() throws {
    let file = Array("P5\n2 1\n100\n".utf8) + [50, 99]
    try folder.write(file, to: "in.pgm")
    let kept = try CommandRunner.apply("identity", folder("in.pgm"), folder("kept.pgm"))
    #expect(kept.status == .exited(0) && folder.read("kept.pgm") == file, "\(kept.errors)")
    let piped = try CommandRunner.run(["apply", "-k", "identity", "-", "-"], input: file)
    #expect(piped.status == .exited(0) && piped.output == file)
    let asked = try CommandRunner.apply(
      "identity", "--depth", "8", folder("in.pgm"), folder("asked.pgm"))
    #expect(asked.status == .exited(0), "\(asked.errors)")
    #expect(folder.read("asked.pgm") == Array("P5\n2 1\n255\n".utf8) + [128, 252])
    let other = try CommandRunner.apply("invert", folder("in.pgm"), folder("other.pgm"))
    #expect(other.status == .exited(0), "\(other.errors)")
    // 127 is none of the 101 levels, the 50th of which is 128.
    #expect(folder.read("other.pgm") == Array("P5\n2 1\n255\n".utf8) + [127, 3])
  }
}
