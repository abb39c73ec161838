import KernelLanguage
import Testing

@Suite("A kernel that somebody mistyped")
struct KernelErrorTests {
  @Test(
    "is refused with the place and what to do",
    arguments: [
      ("", "the kernel is empty; give a name (convfilter kernels lists them), a file or numbers"),
      ("gausian", "no kernel and no file is called 'gausian'; did you mean 'gaussian'?"),
      ("GUASSIAN:2", "no kernel and no file is called 'GUASSIAN'; did you mean 'gaussian'?"),
      (
        "quux.txt", "no kernel and no file is called 'quux.txt'; convfilter kernels lists the names"
      ),
      ("gaussian:sgima=2", "'gaussian' has no 'sgima'; did you mean 'sigma'?"),
      ("maxpool:angle=3", "'maxpool' has no weights, so 'angle' means nothing there; leave it out"),
      ("unsharp:scale=3", "'unsharp' has no weights, so 'scale' means nothing there; leave it out"),
      ("gaussian:sigma=0", "sigma=0: expected a number above 0"),
      ("gaussian:sigma=-1", "sigma=-1: expected a number above 0"),
      ("gaussian:sigma=two", "sigma=two: expected a number above 0"),
      ("gaussian:sigma=inf", "sigma=inf: expected a number above 0"),
      ("gaussian:sigma=nan", "sigma=nan: expected a number above 0"),
      ("gaussian:sigma=5000", "sigma=5000: expected at most 4000 samples"),
      ("gaussian:sigma=1e300", "sigma=1e300: expected at most 4000 samples"),
      ("log:sigma=1e300", "sigma=1e300: expected at most 250 samples"),
      ("bilateral:sigma-space=1e300", "sigma-space=1e300: expected at most 300 samples"),
      ("disk:radius=1e300", "radius=1e300: expected at most 2000 samples"),
      ("gabor:lambda=1e300", "lambda=1e300: expected a number above 0 to 1e100"),
      ("unsharp:amount=1e300", "amount=1e300: expected a number from -1e100 to 1e100"),
      ("sharpen:offset=-1e300", "offset=-1e300: expected a number from -1e100 to 1e100"),
      ("sharpen:offset=x", "offset=x: expected a number"),
      ("gaussian:sigma=1,sigma=2", "'sigma' is given twice; give it once"),
      (
        "gaussian:1,2,3,4",
        "too many numbers after 'gaussian:'; it takes sigma or radius,sigma or radius,sigma,angle"
      ),
      ("gaussian:wide", "sigma=wide: expected a number, or key=value"),
      ("box:size=0", "size=0: expected a whole number from 1 to 65535, or two, as in 3x5"),
      ("box:size=3x", "size=3x: expected a whole number from 1 to 65535, or two, as in 3x5"),
      ("box:stride=0", "stride=0: expected a whole number from 1 to 65535, or two, as in 3x5"),
      (
        "box:padding=sideways",
        "padding=sideways: expected zero, constant:V, constant:R,G,B, replicate, reflect, reflect101,"
          + " wrap, valid, truncate, full or full:NAME"
      ),
      ("box:anchor=3,0", "anchor=3,0: expected column and row, 0,0 to 2,2, or centre"),
      (
        "box:scale=0", "scale=0: expected a divisor other than 0, or sum for the sum of taps"
      ),
      (
        "box:size=9999",
        "a kernel of 9999×9999 taps is too large (at most 16777216 taps); use a smaller one"
      ),
      (
        "edge:combine=max",
        "'edge:combine=max' is one kernel, there is nothing to combine; separate several with ';'"
      ),
      ("edge;maxpool", "'edge;maxpool' cannot be part of a list; use it as a --kernel of its own"),
      (
        "[1];[[[1]],[[2]]]",
        "kernels of a list must sum over the same number of channels, not 1 and 2"
      ),
      ("3x3: 1,2,3,4,5,6,7,8", "kernel:1:21: the kernel ends after 8 of 9 numbers"),
      (
        "3x3: 1,2,3,4,5,6,7,8,9,10",
        "kernel:1:24: '10' is surplus; the header says 3 columns and 3 rows"
      ),
      ("3x3: 1,2,x,4,5,6,7,8,9", "kernel:1:10: expected a number, found 'x'"),
      ("3x3: 1,2,4x,4,5,6,7,8,9", "kernel:1:10: expected a number, found '4x'"),
      ("3x3: 1,2,,4,5,6,7,8,9", "kernel:1:10: expected a number, found ','"),
      ("3x3: 1,2,1e999,4,5,6,7,8,9", "kernel:1:10: '1e999' is too large a number"),
      ("2x1+2+0: 1,2", "kernel:1:1: the origin +2+0 lies outside the 2×1 taps"),
      ("0x3: 1", "kernel:1:1: expected a whole number from 1, found '0'"),
      (
        "99999x99999: 1",
        "a kernel of 99999×99999 taps is too large (at most 16777216 taps); use a smaller one"
      ),
      (
        "1,2,3",
        "kernel:1:1: 3 numbers make no square with an odd side; write the size first, as in '3x1: 1,2,1', and decimals with a point, as in 0.5"
      ),
      (
        "1,0,-1;2,0,-2;1,0,-1",
        "kernel:1:1: 3 numbers before ';', which begins another kernel; write the rows one after the other, as in '3x3: 1,0,-1, 2,0,-2, 1,0,-1', or [[1,0,-1],[2,0,-2],[1,0,-1]]"
      ),
      (
        "2x2: nan - nan -",
        "kernel:1:5: all cells are left out (nan or -), so the kernel has no weight"
      ),
      (
        "0,5;1,0",
        "kernel:1:1: 2 numbers make no square with an odd side; write the size first, as in '3x1: 1,2,1', and decimals with a point, as in 0.5"
      ),
      (
        "gaussian:sigma=1,5",
        "sigma=1,5: a comma separates keys; write a decimal point, sigma=1.5"
      ),
      ("gaussian:sigma=1,wide", "'wide': expected key=value after 'gaussian:'"),
      ("erode:size=3,radius=2", "radius=2: expected nothing beside size=; drop one"),
      (
        "open:size=2,shape=disk", "size=2x2: expected a window whose disk holds a sample, as 3x3"
      ),
      (
        "rank:size=6x2,shape=diamond",
        "size=6x2: expected a window whose diamond holds a sample, as 3x3"
      ),
      ("median:shape=round", "shape=round: expected box, disk, diamond or cross"),
      ("rank:percent=101", "percent=101: expected 0 to 100"),
      ("rank:101%", "percent=101%: expected 0 to 100"),
      ("open:mask=000", "mask=000: expected at least one number other than 0"),
      (
        "close:mask=none.txt",
        "mask=none.txt: expected rows of 0 and 1, as in 010/111/010, or a kernel file that is there"
      ),
      ("open:mask=1,shape=box", "shape=box: expected nothing beside mask=; drop one"),
      (
        "dilate:size=9000,shape=disk",
        "a kernel of 9000×9000 taps is too large (at most 16777216 taps); use a smaller one"
      ),
      ("erode:scale=2", "'erode' has no weights, so 'scale' means nothing there; leave it out"),
      ("median;edge", "'median;edge' cannot be part of a list; use it as a --kernel of its own"),
      (
        "[[1,2],[3]]",
        "kernel:1:8: 1 values here, but 2 in the first row or plane; all must be alike"
      ),
      ("[[1,2],[3,]]", "kernel:1:11: a number is missing"),
      ("[[1,2],[3,4]", "kernel:1:13: expected ',' or ']', found the end"),
      ("[[1,2],[3,4]]]", "kernel:1:14: expected ':', ';' or the end, found ']'"),
      ("[]", "kernel:1:2: the brackets hold no number"),
      ("[[[[1]]]]", "kernel:1:1: expected at most three levels of brackets, found '[[[['"),
      ("[é]", "kernel:1:2: expected a number, found 'é'"),
      (
        "2x3:1,2,3,4,5,6:angle=45",
        "a kernel of 2×3 taps cannot be turned by 45°; use a multiple of 90, or a kernel with both sides odd or both even and its anchor in the middle"
      ),
      (
        "[[1,2],[3,4]]:sigma=2",
        "'the kernel' has no 'sigma'; it takes angle, flip, scale, offset, anchor, stride, stride-x, stride-y, dilation, dilation-x, dilation-y, padding, combine"
      ),
      ("box\nedge", "kernel:2:1: expected ';' or the end, found 'edge'"),
    ])
  func messages(text: String, message: String) {
    do {
      let stage = try KernelSpec.parse(text)
      Issue.record("'\(text)' was read as \(stage)")
    } catch {
      #expect(error.description == message)
    }
  }

  @Test("no spelling crashes the reader")
  func fuzz() {
    let parts = [
      "3x3", ":", "1", ",", ";", "[", "]", "gaussian", "sigma", "=", "-", "nan", " ", "\n", "@",
      ">",
      "1e9", "x", "+1+1", "maxpool", "anchor", "0", ".", "angle", "size", "é", "#", "box",
      "combine",
    ]
    var state: UInt64 = 7
    for _ in 0..<4000 {
      var text = ""
      for _ in 0..<(2 + state % 9) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += parts[Int(state >> 33) % parts.count]
      }
      _ = try? KernelSpec.parse(text)
    }
  }

  @Test("a per cent may be said or not")
  func percent() throws {
    #expect(
      try KernelSpec.parse("rank:25%,size=5").operation
        == KernelSpec.parse("rank:percent=25,size=5").operation)
    #expect(
      try KernelSpec.parse("rank:25%").operation != KernelSpec.parse("rank:26%").operation)
  }
}
