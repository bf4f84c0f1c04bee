//===- types.td - functions on S2 and SO(3), and spectra ---*- tablegen -*-===//
//
// The types of the spherical dialect, and the constraints that ops use.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_TYPES
#define SPHERICAL_DIALECTS_SPHERICAL_TYPES

include "dialects/spherical/attributes.td"
include "mlir/IR/AttrTypeBase.td"

class Spherical_SignalType<string name, string keyword> : TypeDef<Spherical_Dialect, name> {
  let mnemonic = keyword;
  let parameters = (ins
    "int64_t":$batch, "int64_t":$channels, "int64_t":$bandLimit, "::mlir::Type":$element,
    OptionalParameter<"::mlir::Attribute", "how the values lie in memory">:$layout);
  let builders = [
    TypeBuilder<(ins "int64_t":$batch, "int64_t":$channels, "int64_t":$bandLimit,
                     "::mlir::Type":$element), [{
      return $_get($_ctxt, batch, channels, bandLimit, element, ::mlir::Attribute());
    }]>
  ];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  code constraintText = [{
    - C1: batch and channels are at least 1.
    - C2: the band-limit is from 1 to 256.
    - C3: the element is f32, f64, complex<f32> or complex<f64>, or i1 of a function that says where
      another one is positive.
    - C4: a layout is a `#spherical.layout`.
  }];
}

def Spherical_S2Type : Spherical_SignalType<"S2", "s2"> {
  let summary = "functions on the sphere, sampled on the grid of their band-limit";
  let description = [{
    Values [batch, channel, beta, alpha], 2b samples an angle.
  }] # constraintText # [{
    ```mlir
    !x = !spherical.s2<2x4, b = 8, f32>
    ```
  }];
}

def Spherical_SO3Type : Spherical_SignalType<"SO3", "so3"> {
  let summary = "functions on the rotation group, sampled on the grid of their band-limit";
  let description = [{
    Values [batch, channel, beta, alpha, gamma], 2b samples an angle.
  }] # constraintText # [{
    ```mlir
    !x = !spherical.so3<2x4, b = 8, complex<f64>>
    !y = !spherical.so3<2x4, b = 8, f32, #spherical.layout<order = [lane_group, channel, beta,
        alpha, gamma], lane = [batch : 2]>>
    ```
  }];
}

def Spherical_S2SpectrumType : Spherical_SignalType<"S2Spectrum", "s2_spectrum"> {
  let summary = "spectra of functions on the sphere";
  let description = [{
    Coefficients X_lm, |m| <= l < b: b^2 of them, at index l^2 + l + m.
  }] # constraintText # [{
    ```mlir
    !x = !spherical.s2_spectrum<2x4, b = 8, f32>
    ```
  }];
}

def Spherical_SO3SpectrumType : Spherical_SignalType<"SO3Spectrum", "so3_spectrum"> {
  let summary = "spectra of functions on the rotation group";
  let description = [{
    Coefficients X^l_mn, |m|, |n| <= l < b: b (4b^2 - 1) / 3 of them, at index
    l (4l^2 - 1) / 3 + (l + m)(2l + 1) + (l + n).
  }] # constraintText # [{
    ```mlir
    !x = !spherical.so3_spectrum<2x4, b = 8, f32>
    ```
  }];
}

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

class Spherical_Numbers<Type signal> : ConfinedType<signal, [
    CPred<"!::mlir::spherical::isMask($_self)">], signal.summary, signal.cppType>;
class Spherical_Bits<Type signal> : ConfinedType<signal, [
    CPred<"::mlir::spherical::isMask($_self)">], signal.summary, signal.cppType>;

def Spherical_S2Function : Spherical_Numbers<Spherical_S2Type>;
def Spherical_SO3Function : Spherical_Numbers<Spherical_SO3Type>;

def Spherical_Function : AnyTypeOf<[Spherical_S2Function, Spherical_SO3Function],
    "function on S2 or SO(3)">;
/// Where a function is positive: a bit for each value.
def Spherical_Mask : AnyTypeOf<
    [Spherical_Bits<Spherical_S2Type>, Spherical_Bits<Spherical_SO3Type>],
    "mask of a function on S2 or SO(3)">;
def Spherical_Spectrum : AnyTypeOf<[Spherical_S2SpectrumType, Spherical_SO3SpectrumType],
    "spectrum on S2 or SO(3)">;
def Spherical_Signal : AnyTypeOf<[
    Spherical_S2Function, Spherical_SO3Function, Spherical_S2SpectrumType,
    Spherical_SO3SpectrumType],
    "function or spectrum on S2 or SO(3)">;

def Spherical_Element : AnyTypeOf<[F32, F64, Complex<F32>, Complex<F64>],
    "f32, f64, complex<f32> or complex<f64>">;
/// A function or spectrum on SO(3), or the tensor of its integrals.
def Spherical_Integrable : AnyTypeOf<
    [Spherical_SO3Function, Spherical_SO3SpectrumType, StaticShapeTensorOf<[Spherical_Element]>],
    "function or spectrum on SO(3), or tensor of fixed shape">;
/// A tensor of fixed shape; the encoding is its layout.
def Spherical_Tensor : StaticShapeTensorOf<[Spherical_Element]>;
/// What has a real and an imaginary part, or is one.
def Spherical_Part : AnyTypeOf<[Spherical_Signal, Spherical_Tensor],
    "function, spectrum or tensor of fixed shape, of f32, f64, complex<f32> or complex<f64>">;
def Spherical_SignalOrTensor : AnyTypeOf<[Spherical_Signal, AnyStaticShapeTensor],
    "function, spectrum or tensor of fixed shape">;

#endif
