import KernelLanguage
import Testing

func kernel(_ text: String) throws -> Kernel {
  let stage = try KernelSpec.parse(text)
  guard case .correlate(let kernel) = stage.operation else {
    Issue.record("'\(text)' is no single kernel")
    return Kernel(width: 1, height: 1, taps: [0])
  }
  return kernel
}

@Suite("A kernel specification")
struct KernelSpecTests {
  static let sharpen: [Double] = [0, -1, 0, -1, 5, -1, 0, -1, 0]

  @Test(
    "reads the same numbers in every form",
    arguments: [
      "sharpen", "3x3: 0,-1,0, -1,5,-1, 0,-1,0", "3x3:0 -1 0 -1 5 -1 0 -1 0",
      "3x3: -,-1,nan -1,5,-1 NaN,-1,-", "3: 0,-1,0,-1,5,-1,0,-1,0", "0,-1,0,-1,5,-1,0,-1,0",
      "[[0,-1,0],[-1,5,-1],[0,-1,0]]", "[[0 -1 0]\n [-1 5 -1]\n [0 -1 0]]",
      " [ [0, -1, 0], [-1, 5.0, -1e0], [0, -1, 0] ] ", "3x3:0,-1,0\n-1,5,-1\n0,-1,0", "Sharpen",
      "sharpen:", "3x3: 0,-1,0, -1,5,-1, 0,-1,0;",
    ])
  func forms(text: String) throws {
    let kernel = try kernel(text)
    #expect(kernel.taps == Self.sharpen)
    #expect(kernel.width == 3 && kernel.height == 3 && kernel.depth == 1)
    #expect(kernel.origin == Kernel.Anchor(x: 1, y: 1))
    #expect(kernel.divisor == 1 && kernel.offset == 0)
  }

  @Test("keeps what the user called it")
  func name() throws {
    #expect(try KernelSpec.parse(" gaussian:sigma=2 ").name == "gaussian:sigma=2")
  }

  @Test("takes ImageMagick's origin as the anchor")
  func origin() throws {
    let kernel = try kernel("4x1+1+0: 1,2,3,4")
    #expect(kernel.anchor == Kernel.Anchor(x: 1, y: 0))
    #expect(kernel.taps == [1, 2, 3, 4])
  }

  @Test("reads planes of a K×K×C kernel into channel-innermost weights")
  func depth() throws {
    let inline = try kernel("2x1x3: 1,2, 3,4, 5,6")
    let brackets = try kernel("[[[1,2]],[[3,4]],[[5,6]]]")
    #expect(inline.depth == 3 && inline.taps == [1, 3, 5, 2, 4, 6])
    #expect(brackets == inline)
    #expect(inline[1, 0, 2] == 6)
  }

  @Test("reads a colour beyond the border of a stage, and a factor of a size")
  func colours() throws {
    let stage = try KernelSpec.parse("box:3,padding=constant:255,0.5,10,stride=2")
    #expect(stage.geometry.padding == .color([255, 0.5, 10]))
    #expect(stage.geometry.strideX == 2)
    #expect(
      try KernelSpec.parse("resize:0.5").operation == KernelSpec.parse("resize:50%").operation)
    #expect(throws: KernelError.self) { try KernelSpec.parse("box:3,padding=zero,1") }
  }

  @Test("reads scale, offset, anchor, angle and flip of a kernel")
  func kernelKeys() throws {
    let kernel = try kernel("[[1,2],[3,4]]:scale=4,offset=-1.5,anchor=0,1,angle=90")
    #expect(kernel.taps == [3, 1, 4, 2])
    #expect(kernel.scale == 4 && kernel.offset == -1.5)
    #expect(kernel.anchor == Kernel.Anchor(x: 0, y: 1))
    #expect(try self.taps("[1,2,4]:flip=both") == [4, 2, 1])
    #expect(try self.taps("[[1,2],[3,4]]:flip=x") == [2, 1, 4, 3])
    #expect(try self.taps("[[1,2],[3,4]]:flip=y") == [3, 4, 1, 2])
    #expect(try self.taps("[[1,2],[3,4]]:flip=transpose") == [1, 3, 2, 4])
  }

  private func taps(_ text: String) throws -> [Double] { try kernel(text).taps }

  @Test("reads the geometry of the stage")
  func geometry() throws {
    let one = try KernelSpec.parse("sobel-x:stride=2,dilation=3x4,padding=constant:7.5").geometry
    #expect(one.strideX == 2 && one.strideY == 2 && one.dilationX == 3 && one.dilationY == 4)
    #expect(one.padding == .constant(7.5))
    let two = try KernelSpec.parse("box:7,stride-y=3,padding=edge").geometry
    #expect(two.strideX == nil && two.strideY == 3 && two.padding == .replicate)
  }

  @Test("reads poolings with size and stride")
  func pooling() throws {
    let stage = try KernelSpec.parse("maxpool:size=3x2,stride=1,padding=zero")
    #expect(stage.operation == .pool(.maximum, width: 3, height: 2))
    #expect(stage.geometry == StageGeometry(strideX: 1, strideY: 1, padding: .zero))
    #expect(try KernelSpec.parse("MaxPool2d:2").operation == .pool(.maximum, width: 2, height: 2))
    #expect(try KernelSpec.parse("avgpool").operation == .pool(.average, width: 2, height: 2))
    #expect(try KernelSpec.parse("min-pool:4").operation == .pool(.minimum, width: 4, height: 4))
  }

  @Test("makes a set of a list, combined by the maximum unless told otherwise")
  func lists() throws {
    guard
      case .combine(let kernels, let how) = try KernelSpec.parse("sobel-x; sobel-y").operation
    else { return #expect(Bool(false), "no set") }
    #expect(kernels == [try kernel("sobel-x"), try kernel("sobel-y")] && how == .maximum)
    #expect(
      try KernelSpec.parse("sobel-x;sobel-y:combine=l2").operation == .combine(kernels, .magnitude))
    #expect(
      try KernelSpec.parse("1x1: 1; [2] ; [[3]]:combine=sum,stride=2").geometry.strideX == 2)
  }

  @Test("adds turned copies for ImageMagick's flags", arguments: ["@": 8, ">": 4, "<": 4])
  func expansions(flag: String, count: Int) throws {
    for text in ["sobel-x:\(flag)", "3x3\(flag): -1,0,1,-2,0,2,-1,0,1", "sobel-x\(flag)"] {
      let kernels = try KernelSpec.parse(text).kernels
      #expect(kernels.count == count, "\(text)")
      #expect(kernels.first?.taps == [-1, 0, 1, -2, 0, 2, -1, 0, 1])
    }
    // A kernel that comes back sooner is there once.
    #expect(try KernelSpec.parse("edge\(flag)").kernels.count == 1)
  }

  @Test("asks for files and trained filters, and applies the keys to them")
  func sources() throws {
    let sources = KernelSources(
      file: { name throws(KernelError) in
        name == "dir/my:kernel.txt" ? Array("# mine\n2 1 3 4\n1 2\n".utf8) : nil
      },
      filter: { model, filter throws(KernelError) in
        guard model == "m.safetensors", filter == "conv1/5" else {
          throw .unusableModel(model, reason: "no \(filter)")
        }
        return Stage(
          .correlate(Kernel(width: 1, height: 1, depth: 3, taps: [1, 2, 3])),
          geometry: StageGeometry(strideX: 2, strideY: 2, padding: .zero), name: filter)
      })
    let file = try KernelSpec.parse("dir/my:kernel.txt:stride=2,offset=9", sources: sources)
    #expect(
      file.operation
        == .correlate(
          Kernel(width: 2, height: 1, taps: [1, 2], scale: 3, offset: 9, title: "mine")))
    #expect(file.geometry.strideX == 2)
    let filter = try KernelSpec.parse("m.safetensors:conv1/5:scale=2,stride=3", sources: sources)
    #expect(filter.geometry == StageGeometry(strideX: 3, strideY: 3, padding: .zero))
    #expect(filter.kernels.first?.depth == 3 && filter.kernels.first?.scale == 2)
    #expect(throws: KernelError.unusableModel("m.safetensors", reason: "no conv2/0")) {
      try KernelSpec.parse("m.safetensors:conv2/0", sources: sources)
    }
  }
}
