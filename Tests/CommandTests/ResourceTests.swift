#if os(Linux)
  import ImageCodecs
  import Raster
  import TestSupport
  import Testing

  /// The program in processes that may have little memory. Only Linux keeps a limit of address space.
  @Suite("Promises about memory")
  struct ResourceTests {
    /// Runs the program with so much address space; it needs 35 MiB to start.
    private static func run(_ arguments: [String], mebibytes: Int, folder: String) throws
      -> CommandResult
    {
      let limited = "ulimit -v \(mebibytes * 1024) && exec \"$0\" \"$@\""
      return try RunningCommand(
        "/bin/sh", ["-c", limited, CommandRunner.program] + arguments,
        environment: ["SWIFT_BACKTRACE": "enable=no"], folder: folder
      ).wait(timeout: 300)
    }

    private static func picture(
      _ width: Int, _ height: Int, _ color: ColorModel, _ sample: SampleType
    )
      throws -> [UInt8]
    {
      let picture = Picture(
        PictureFormat(width: width, height: height, color: color, sample: sample))
      let count = picture.format.bytesPerRow
      for y in 0..<height {
        let row = UnsafeMutableRawBufferPointer(start: picture.row(y), count: count)
        for x in 0..<count { row[x] = UInt8(truncatingIfNeeded: x &* 31 &+ y &* 17) }
      }
      return try encodePNG(picture)
    }

    @Test(
      "what a picture costs does not depend on its shape",
      arguments: [
        "sobel", "gaussian:sigma=3", "unsharp", "box:size=9", "kirsch", "laplacian:dilation=40",
        "disk:radius=6", "log:sigma=2",
      ], [(1, 20_000), (20_000, 1), (3, 10_000)])
    func shape(_ kernel: String, size: (width: Int, height: Int)) throws {
      let scratch = try ScratchFolder()
      let formats: [(ColorModel, SampleType)] = [(.gray, .uint8), (.rgba, .uint16)]
      for (color, sample) in formats {
        try scratch.write(Self.picture(size.width, size.height, color, sample), to: "in.png")
        let result = try Self.run(
          ["apply", "-q", "-f", "--threads", "2", "-k", kernel, "in.png", "out.png"],
          mebibytes: 150, folder: scratch.path)
        #expect(result.status == .exited(0), "\(color) \(sample): \(result.errors)")
      }
    }

    @Test(
      "what a chunk of PNG claims to hold takes no memory",
      arguments: ["acTL", "fcTL", "IDAT", "fdAT", "tEXt", "iCCP", "eXIf", "what"],
      [0x7fff_fff0, 0xb100_0008])
    func claims(_ name: String, length: Int) throws {
      func number(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
      }
      let whole = try Self.picture(6, 5, .rgb, .uint8)
      // Signature and header; an animation of two frames is told, or is not.
      let header = Array(whole[..<33])
      let animation =
        number(8) + Array("acTL".utf8) + number(2) + number(0) + [0xf3, 0x8d, 0x93, 0x70]
      let scratch = try ScratchFolder()
      for start in [header, header + animation] {
        try scratch.write(
          start + number(length) + Array(name.utf8) + [UInt8](repeating: 7, count: 90),
          to: "in.png")
        let result = try Self.run(
          ["apply", "-f", "--threads", "2", "-k", "box", "in.png", "out.png"], mebibytes: 150,
          folder: scratch.path)
        #expect(result.status == .exited(1), "\(result.errors)")
        #expect(result.errors.hasPrefix("in.png: error: "), "\(result.errors)")
      }
    }

    @Test(
      "windows that reach far beyond a small picture take no memory",
      arguments: [
        "localnorm:3", "erode:5,shape=disk", "gradient:5,shape=disk", "tophat:5,shape=diamond",
        "median:5,shape=cross", "dilate:mask=010/111/010",
      ], ["replicate", "zero", "wrap", "reflect", "reflect101"])
    func farWindows(_ kernel: String, padding: String) throws {
      let scratch = try ScratchFolder()
      try scratch.write(Self.picture(31, 30, .rgba, .uint16), to: "in.png")
      for dilation in ["30000001,1", "3000001,5", "30000001"] {
        let result = try Self.run(
          [
            "apply", "-q", "-f", "--threads", "2", "-k", kernel, "--padding", padding, "--dilation",
            dilation, "in.png", "out.png",
          ], mebibytes: 150, folder: scratch.path)
        #expect(result.status == .exited(0), "\(kernel) \(dilation): \(result.errors)")
      }
    }

    @Test("a device without end in the place of a model, a text or a list takes no memory")
    func endless() throws {
      let scratch = try ScratchFolder()
      try scratch.write(Self.picture(31, 30, .gray, .uint8), to: "in.png")
      for words in [
        ["summary", "/dev/zero"], ["summary", "--architecture", "/dev/zero"],
        ["predict", "/dev/zero", "in.png"], ["export", "/dev/zero", "a.onnx"],
        ["evaluate", "/dev/zero", "digits"], ["train", "digits", "--from", "/dev/zero"],
        ["train", "digits", "--resume", "/dev/zero"],
        ["apply", "-k", "/dev/zero:conv1/0", "in.png", "out.png"],
        ["apply", "-k", "box", "--files0-from", "/dev/zero", "-o", "out"],
      ] {
        let result = try Self.run(words, mebibytes: 200, folder: scratch.path)
        #expect([.exited(1), .exited(64)].contains(result.status), "\(words): \(result.errors)")
        #expect(result.errors.contains("/dev/zero"), "\(words): \(result.errors)")
      }
    }

    @Test("a picture for which there is no memory does not end the batch")
    func batch() throws {
      let scratch = try ScratchFolder()
      let small = try Self.picture(60, 50, .rgb, .uint8)
      for name in ["a", "c", "d"] { try scratch.write(small, to: "in/\(name).png") }
      // A row of 6 MB, and so two dozen MB for a window and what it is worked out in.
      try scratch.write(Self.picture(1_000_000, 12, .rgb, .uint16), to: "in/b.png")
      let result = try Self.run(
        ["apply", "-r", "--threads", "1", "-k", "gaussian:sigma=3", "in", "out"], mebibytes: 60,
        folder: scratch.path)
      #expect(result.status == .exited(1), "\(result.errors)")
      #expect(result.errors.contains("in/b.png: error: "))
      #expect(
        scratch.files.filter { $0.hasPrefix("out/") } == ["out/a.png", "out/c.png", "out/d.png"])
    }
  }
#endif
